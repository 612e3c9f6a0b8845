"""Placeholder of the estimator; the integrator's module takes its place."""


class LissomClassifier:
    """Stand in for `lissom.LissomClassifier`."""
