"""Many requests at once: how many, how fast, what became of each, and the table that is left."""

from antiphon.run.csv import csv_text
from antiphon.run.rows import Row, RunItem, close_bodies, is_over
from antiphon.run.runner import Send, run_requests

__all__ = ["Row", "RunItem", "Send", "close_bodies", "csv_text", "is_over", "run_requests"]
