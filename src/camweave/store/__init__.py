"""Where a site's runs are kept: rows, tracklets, identities; SQLite or PostgreSQL."""
