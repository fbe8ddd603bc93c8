"""Reading and writing files, and what a folder holds."""
