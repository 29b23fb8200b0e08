"""Statistics without a word of the domain inside."""
