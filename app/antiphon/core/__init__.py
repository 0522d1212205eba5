"""Values and pure functions; knows nothing else of the house, and only the standard library."""
