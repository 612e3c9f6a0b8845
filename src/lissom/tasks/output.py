"""What a net gives out: a closed union, so the type checker lists what a new one still needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Classes:
    """One of these names per row; a softmax over `names`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """Any number of these names per row; a sigmoid for each of `names`.

    Args:
        names: the labels, in the order of the scores.
        none: the cell of a row that has none of them; None where no row is like that, and every
            answer then has one label at least.
        thresholds: for each name the probability from which on it is given; empty for one half.
        power: the probability that a whole set is right is the product over its labels to this
            power, above 0. Labels that go together are right together, so it is mostly below 1.
    """

    names: tuple[str, ...]
    none: str | None = None
    thresholds: tuple[float, ...] = ()
    power: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of items per row, best first; one score for each of `items`."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text per row, token by token out of a vocabulary of `size`."""

    size: int


Output = Classes | Labels | Ranking | Tokens
