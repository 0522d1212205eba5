"""What came back: bar, timing strip, timeline, headers, cookies and body of one exchange."""
