"""The web server: pictures, events and identities over HTTP. It knows core values only."""
