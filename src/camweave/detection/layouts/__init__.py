"""How networks lay out what they see, one family per file."""
