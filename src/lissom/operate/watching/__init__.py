"""Watching what was answered: the log, and what it says about a change."""
