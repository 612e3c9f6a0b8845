"""Your own texts and a few labels in, a small transformer you can trust out."""

__version__ = "0.1.0"
