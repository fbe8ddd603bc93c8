"""One signature as problem file, flags, JSON Schema and example."""
