"""A running site, told to an MQTT broker: what happens, how many there are, how cameras fare."""
