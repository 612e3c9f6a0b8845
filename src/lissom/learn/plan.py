"""What the race may spend, in steps that are counted, so that it can be run again alike."""

from __future__ import annotations

from dataclasses import dataclass

from lissom.learn.candidates import LEARNERS, TAUGHT, TUNED

CHEAP = tuple(name for name in LEARNERS if name not in TUNED | TAUGHT)
"""Candidates that take seconds whatever the data, and ask for nothing but the base."""

DEFAULT_SECONDS = 50.0
"""For tuning and for reading with tuned encoders; the default build of 10,000 short rows then
stays under two minutes on two cores."""

READ_PACE = 11_000.0
"""Tokens read a second, measured with the default base on two cores with avx512_vnni."""

_TUNE_PACE = 3_300.0
"""Tokens tuned on a second, likewise."""

_DEFAULT_WEIGHTS = 10_616_832
"""Weights of the default base's layers; another base costs in proportion."""

_PER_LABEL_PASSES = 4
"""Each labelled row is met about as often, if there are too many for one batch."""

_FEWEST_STEPS, _MOST_STEPS = 40, 400


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the race does, counted.

    Args:
        candidates: the ways of learning that enter.
        folds: parts that the labelled rows are cut into where an encoder is tuned for each.
        steps: batches that each encoder is tuned on.
        spare_rows: unlabelled rows that each repeat reads with its tuned encoder.
        seconds: what this was reckoned to take on the machine that the plan is made for.
    """

    candidates: tuple[str, ...] = ()
    folds: int = 0
    steps: int = 0
    spare_rows: int = 0
    seconds: float = 0.0

    @property
    def told(self) -> str:
        """Return one line about it."""
        if not self.candidates:
            return "one candidate on held-out folds"
        if not self.steps:
            return f"{len(self.candidates)} candidates on held-out folds"
        return (
            f"{len(self.candidates)} candidates on {self.folds} held-out folds; "
            f"encoders tuned in {self.steps} steps each, about {self.seconds:.0f} s"
        )


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to learn from.

    Args:
        labels: labelled rows.
        classes: their classes.
        pool: rows in all.
        tokens: mean tokens of a row.
        batch: rows of a batch.
        weights: weights in the base's layers.
        is_taught: a teacher has read the rows, too; what it costs is not in the time.
    """

    labels: int
    classes: int
    pool: int
    tokens: float
    batch: int = 48
    weights: int = _DEFAULT_WEIGHTS
    is_taught: bool = False


def plan(size: Size, seconds: float = DEFAULT_SECONDS, *, pace: float = 1.0) -> Schedule:
    """Choose the candidates and their steps for the time there is.

    The cheap candidates always enter, and those that a teacher was named for. Tuning an encoder
    enters where it can be repeated on held-out labels within the time: what cannot be judged is not
    shipped.

    Args:
        size: how much there is to learn from.
        seconds: what tuning may take, reading with the tuned encoders included.
        pace: this machine's speed over the reference's, above 0; 1 plans alike everywhere.

    >>> plan(Size(labels=16, classes=2, pool=7000, tokens=25)).candidates[-1]
    'contrastive-propagation'
    >>> plan(Size(labels=1200, classes=150, pool=11200, tokens=12)).candidates[-1]
    'propagation'
    """
    cheap = (*CHEAP, *sorted(TAUGHT)) if size.is_taught else CHEAP
    steps = min(_MOST_STEPS, max(_FEWEST_STEPS, _PER_LABEL_PASSES * size.labels // size.batch))
    for folds, spare in _GENEROUS_FIRST:
        cost = _cost(size, steps, folds, spare) / pace
        if size.labels >= 2 * size.classes and cost <= seconds:
            names = (*cheap, *sorted(TUNED))
            return Schedule(names, folds, steps, spare, round(cost, 1))
    return Schedule(cheap)


_GENEROUS_FIRST = ((5, 2000), (4, 1500), (4, 1000), (3, 800), (3, 400))
"""Folds, and unlabelled rows read in each."""


def _cost(size: Size, steps: int, folds: int, spare: int) -> float:
    scale = size.weights / _DEFAULT_WEIGHTS
    batch = min(size.labels, size.batch)
    names = min(size.classes, size.batch // 4)
    tuned = (folds + 1) * steps * (batch + names / 4) * size.tokens / _TUNE_PACE
    rows = folds * (min(spare, size.pool) + size.labels) + size.pool
    return scale * (tuned + rows * size.tokens / READ_PACE)
