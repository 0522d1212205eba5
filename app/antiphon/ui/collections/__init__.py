"""The sidebar: a collection as a tree."""
