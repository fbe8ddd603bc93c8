"""Marked sheets in every format, in one table: each is a module with `render(results, view, out)`."""
