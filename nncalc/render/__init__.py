"""From the finished working, and from marks, to characters.

The tables of what may be chosen stand here and in the folders of formats, where loading them loads no NumPy.
"""

# How much of a working is shown, and in a few words what that is.
DETAILS = {"short": "values only", "normal": "", "full": "every cell, symbols, windows"}
DETAIL = "normal"  # where nobody says
DIGITS = 6
# The page that lists a folder's pages.
INDEX_NAME = "index.html"
