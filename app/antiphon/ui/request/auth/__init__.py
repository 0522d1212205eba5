"""The form of each kind of auth."""
