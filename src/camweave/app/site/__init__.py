"""The site file: YAML at the edge, the stages' own parameters inside."""
