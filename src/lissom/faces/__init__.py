"""Parse, call, show: command line, server."""
