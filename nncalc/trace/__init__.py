"""The engine: values that remember how they were made."""
