"""Answering many who ask at once: the engine, its limits, keys and metrics."""
