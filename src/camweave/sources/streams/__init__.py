"""Sources that live: each opens one connection and says how it ended."""
