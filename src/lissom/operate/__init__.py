"""Watching, releasing, going back. Nothing is built here yet."""
