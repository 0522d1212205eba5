"""Many at once: how a folder is to run, and the table that fills while it does."""
