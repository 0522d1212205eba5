"""The view of a response body of any size, and the panel around it."""
