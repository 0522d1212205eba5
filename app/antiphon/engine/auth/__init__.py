"""Authentication that happens while sending: each kind a generator "request out, answer in", with no network in it."""
