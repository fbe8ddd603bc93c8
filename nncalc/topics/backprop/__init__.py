"""Backpropagation: through expressions and graphs, through dense networks, and through networks of any layers.

A new kind of layer is a record, a function from what comes in to what goes out, and one line in a table of `kinds`.
"""
