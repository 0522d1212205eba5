"""The groups of the options panel."""
