"""Old configuration files to a site file: every key is moved, or refused by name."""
