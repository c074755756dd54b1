"""camweave: one identity across every camera."""
