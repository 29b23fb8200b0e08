"""One question per module, asked of the facts."""
