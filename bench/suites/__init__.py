"""The suites of ./dev bench: each runs what it measures and returns rows of the one table."""
