"""The layers that `params` can count, by family: each is a record of its fields and a function that counts it.

A new layer is a record, a function from what comes in to what goes out, and one line in its family's table.
"""
