"""Placeholder of the public Python calls; the integrator's module takes its place."""


def build() -> None:
    """Stand in for `lissom.build`."""


def load() -> None:
    """Stand in for `lissom.load`."""
