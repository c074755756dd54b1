"""The path linker: identities as paths through the site, every cue a likelihood ratio."""
