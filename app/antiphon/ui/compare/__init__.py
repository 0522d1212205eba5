"""Two answers beside each other: what differs in bodies, headers and times."""
