"""From bytes to readable text: which language and charset a body has, and how its rows are coloured."""
