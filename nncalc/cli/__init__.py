"""The only place where typed text and exit codes exist."""
