"""A working as a document, in any markup that sets mathematics."""
