"""What a net gives out: a closed union, so the type checker lists what a new one still needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Classes:
    """One of these names per row; a softmax over `names`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """Any number of these names per row; a sigmoid for each of `names`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of items per row, best first; one score for each of `items`."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text per row, token by token out of a vocabulary of `size`."""

    size: int


Output = Classes | Labels | Ranking | Tokens
