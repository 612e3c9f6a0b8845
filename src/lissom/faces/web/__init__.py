"""The HTTP face: strict about what comes in, silent about it in the logs."""
