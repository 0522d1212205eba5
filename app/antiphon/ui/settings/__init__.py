"""Settings of the program, of a collection, and of folders."""
