"""Antiphon, a desktop API explorer."""

__version__ = "0.1.0"
