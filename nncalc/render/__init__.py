"""From the finished working, and from marks, to characters."""
