"""A budget instead of knobs: the points that can be made, and which of them a budget allows."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from math import inf
from typing import TYPE_CHECKING, Literal

from lissom.evidence import Evidence, Measured, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
"""Of every certificate, however many points were compared on the way to it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the result may cost; 0 stands for no limit.

    Args:
        max_mib: most MiB that the files which answer may take.
        max_ms: most milliseconds that 19 of 20 single texts may wait.
        max_loss: most points of accuracy that shrinking may be expected to cost.
        min_throughput: fewest texts per second.
    """

    max_mib: float = 0.0
    max_ms: float = 0.0
    max_loss: float = 0.0
    min_throughput: float = 0.0

    @property
    def is_any(self) -> bool:
        """Say whether there is a limit at all."""
        return any(getattr(self, one.name) for one in fields(self))

    @property
    def is_timed(self) -> bool:
        """Say whether answers must be timed."""
        return bool(self.max_ms or self.min_throughput)


@dataclass(frozen=True, slots=True)
class Point:
    """One way of making the model small.

    Args:
        weights: how the encoder's weights are stored.
        layers: how many of the encoder's layers are kept, the first ones; 0 keeps them all.
        vocabulary: whether pieces of words that the rows do not use are left out.
        certify: share of all texts on which what ships may answer otherwise than the full model,
            shown with 95 % confidence on the rows that are kept apart; 0 has the encoder read
            every text, 1 lets the lexical tier answer whatever it knows enough of.
        compared: points among which this one was chosen by a budget, 0 where it was not. The
            confidence of each is so much higher that all of them hold together.
    """

    weights: Literal["int8", "float32"] = "int8"
    certify: float = 0.04  # on 600 rows: 15 seen to differ, as many as max_disagreement allowed
    compared: int = 0
    layers: int = 0
    vocabulary: Literal["all", "trimmed"] = "all"

    @property
    def form(self) -> tuple[str, int, str]:
        """Return all that decides the encoder's file; points that share it differ in margin."""
        return self.weights, self.layers, self.vocabulary

    @property
    def name(self) -> str:
        """Return what a person reads.

        >>> Point().name, Point("float32", 0.0).name
        ('int8, 4 %', 'float32, all read')
        >>> Point("int8", 0.15, layers=1, vocabulary="trimmed").name
        'int8, 1 layer, trimmed vocabulary, 15 %'
        """
        said: list[str] = [self.weights]
        if self.layers:
            said.append(f"{self.layers} layer{'s' if self.layers > 1 else ''}")
        if self.vocabulary == "trimmed":
            said.append("trimmed vocabulary")
        said.append(f"{100 * self.certify:g} %" if self.certify else "all read")
        return ", ".join(said)

    @property
    def level(self) -> float:
        """Return the confidence of its own certificate.

        Source: Bonferroni: the chances of being wrong add up to no more than 1 - CONFIDENCE.

        >>> Point(compared=10).level
        0.995
        """
        return 1 - (1 - CONFIDENCE) / max(self.compared, 1)


@dataclass(frozen=True, slots=True)
class Moves:
    """What can be left out of an encoder, besides bits.

    Args:
        layers: how many of its layers could be kept, fewer and fewer; empty where all must stay.
        is_trimmable: pieces of words can be left out of its vocabulary.
    """

    layers: tuple[int, ...] = ()
    is_trimmable: bool = False


def lay_points(first: Point, moves: Moves | None = None) -> tuple[Point, ...]:
    """Return the points in the order in which a budget tries them.

    The one that would ship without a budget comes first; then those that differ least from the
    full model, so that the first that meets the budget is the most faithful that does.

    Args:
        first: the point that would ship without a budget.
        moves: what can be left out of the encoder; None for nothing.

    >>> [point.name for point in lay_points(Point())][:3]
    ['int8, 4 %', 'float32, all read', 'int8, all read']
    >>> lay_points(Point(), Moves((3, 2, 1), is_trimmable=True))[-1].name
    'int8, 1 layer, trimmed vocabulary, 100 %'
    """
    moves = moves or Moves()
    trimmed = replace(Point(), vocabulary="trimmed")
    points = [Point("float32", 0.0), Point("int8", 0.0), Point("int8", 0.01), Point("int8", 0.02)]
    points += [Point("float32", 0.04), Point("int8", 0.04), trimmed]
    for certify in (0.08, 0.15, 1.0):
        for layers in (0, *moves.layers):
            points.append(replace(Point(), certify=certify, layers=layers))
            points.append(replace(trimmed, certify=certify, layers=layers))
    if not moves.is_trimmable:
        points = [one for one in points if one.vocabulary == "all"]
    alike = (first.form, first.certify)
    return (first, *(one for one in points if (one.form, one.certify) != alike))


@dataclass(frozen=True, slots=True)
class Tried:
    """A point and what is known of it.

    Args:
        point: which.
        size_mib: the files that answer.
        loss: points of accuracy that it is expected to cost; the upper end counts.
        wait: ms within which 19 of 20 single texts are answered; the upper end counts.
        throughput: texts per second; the lower end counts.
    """

    point: Point
    size_mib: Evidence
    loss: Measured = field(default=NotMeasured("", "not needed"))
    wait: Measured = field(default=NotMeasured("", "not needed"))
    throughput: Measured = field(default=NotMeasured("", "not needed"))

    def excess(self, limits: Limits) -> dict[str, float]:
        """Return limit -> how many times over it this point is; above 1 is over.

        A figure that is wanted and was not measured is over by more than any that was.

        >>> size = Evidence("", 30.0, None, None, 1, "MiB", "", "")
        >>> Tried(Point(), size).excess(Limits(max_mib=20.0))
        {'max_mib': 1.5}
        """
        found: dict[str, float] = {}
        if limits.max_mib:
            found["max_mib"] = self.size_mib.value / limits.max_mib
        if limits.max_loss:
            found["max_loss"] = _high(self.loss) / limits.max_loss
        if limits.max_ms:
            found["max_ms"] = _high(self.wait) / limits.max_ms
        if limits.min_throughput:
            speed = _low(self.throughput)
            found["min_throughput"] = limits.min_throughput / speed if speed > 0 else inf
        return found

    def meets(self, limits: Limits) -> bool:
        """Say whether every limit is kept."""
        return all(times <= 1 for times in self.excess(limits).values())


def nearest(tried: Sequence[Tried], limits: Limits) -> tuple[Tried, str]:
    """Return the point whose worst excess is least, and the limit that it is over.

    Args:
        tried: at least one, none of which meets the limits.
        limits: with at least one limit.
    """
    found = [_known(one.excess(limits)) for one in tried]
    at = min(range(len(tried)), key=lambda i: max(found[i].values()))
    return tried[at], max(found[at], key=lambda limit: found[at][limit])


def _known(excess: dict[str, float]) -> dict[str, float]:
    # A point that is too large or loses too much was not timed; it is judged by why it was not.
    measured = {limit: times for limit, times in excess.items() if times < _UNMEASURED}
    return measured if max(measured.values(), default=0) > 1 else excess


def _high(figure: Measured) -> float:
    if isinstance(figure, NotMeasured):
        return inf
    return figure.value if figure.high is None else figure.high


_UNMEASURED = 1e9


def _low(figure: Measured) -> float:
    if isinstance(figure, NotMeasured):
        return 0.0
    return figure.value if figure.low is None else figure.low
