"""The state of the running program: what is open, edited, being sent. Qt's signals, no widgets."""
