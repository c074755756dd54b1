"""Identities that last: minted once, merged, split and corrected, as the fold of their events."""
