"""The folder on disk: write, read, check, sign."""
