"""From bytes to plain nodes, numbers and expressions; whatever is hostile is decided here, and limits hold."""
