"""Counts and times of a server, as Prometheus reads them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
"""Upper ends of the buckets: a text by words alone takes 0.1 ms, a deadline is 10 s."""


class Counter:
    """A number that only grows, for each combination of label values."""

    kind = "counter"

    def __init__(self, name: str, meaning: str, labels: tuple[str, ...] = ()) -> None:
        """Begin at nothing; `name` ends in _total."""
        self.name, self.meaning, self.labels = name, meaning, labels
        self._values: dict[tuple[str, ...], float] = {}

    def add(self, *values: str, by: float = 1) -> None:
        """Count `by` more for these label values, in the order of `labels`."""
        self._values[values] = self._values.get(values, 0) + by

    def get(self, *values: str) -> float:
        """Return how many there were.

        >>> Counter("x_total", "X.").get()
        0
        """
        return self._values.get(values, 0)

    def lines(self) -> Iterator[str]:
        """Yield one line for each combination seen."""
        for values, value in sorted(self._values.items()):
            yield f"{self.name}{_labels(self.labels, values)} {_number(value)}"


class Gauge:
    """A number that goes up and down; it is asked for when somebody looks."""

    kind = "gauge"

    def __init__(
        self,
        name: str,
        meaning: str,
        labels: tuple[str, ...],
        look: Callable[[], Mapping[tuple[str, ...], float]],
    ) -> None:
        """Take what to call for the values, by label values."""
        self.name, self.meaning, self.labels, self._look = name, meaning, labels, look

    def lines(self) -> Iterator[str]:
        """Yield one line for each combination there is."""
        for values, value in sorted(self._look().items()):
            yield f"{self.name}{_labels(self.labels, values)} {_number(value)}"


class Histogram:
    """How often something took how long."""

    kind = "histogram"

    def __init__(self, name: str, meaning: str, labels: tuple[str, ...] = ()) -> None:
        """Begin empty; `name` ends in the unit, _seconds."""
        self.name, self.meaning, self.labels = name, meaning, labels
        # Per combination: a count for each bucket, one for what is beyond, and the sum.
        self._values: dict[tuple[str, ...], list[float]] = {}

    def add(self, seconds: float, *values: str) -> None:
        """Note one that took so long."""
        cells = self._values.get(values)
        if cells is None:
            cells = self._values[values] = [0.0] * (len(SECONDS) + 2)
        cells[bisect_left(SECONDS, seconds)] += 1
        cells[-1] += seconds

    def lines(self) -> Iterator[str]:
        """Yield the cumulated buckets, the sum and the count of each combination seen."""
        for values, cells in sorted(self._values.items()):
            total = 0.0
            for end, count in zip((*map(_number, SECONDS), "+Inf"), cells[:-1], strict=True):
                total += count
                shown = _labels((*self.labels, "le"), (*values, end))
                yield f"{self.name}_bucket{shown} {_number(total)}"
            shown = _labels(self.labels, values)
            yield f"{self.name}_sum{shown} {cells[-1]!r}"
            yield f"{self.name}_count{shown} {_number(total)}"


Family = Counter | Gauge | Histogram


class Metrics:
    """Every figure of one server; labels are few and never hold anything a client made up.

    Only the loop's thread may add to them.
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self.requests = Counter(
            "lissom_requests_total", "Requests answered, refused ones too.", ("route", "status")
        )
        self.texts = Counter(
            "lissom_texts_total",
            "Texts answered, by the tier that answered.",
            ("model", "version", "tier"),
        )
        self.unsure = Counter("lissom_unsure_total", "Answers marked unsure.", ("model", "version"))
        self.refused = Counter(
            "lissom_refused_total", "Requests turned away, by reason.", ("reason",)
        )
        self.request_s = Histogram(
            "lissom_request_duration_seconds",
            "From the head of a request to its reply.",
            ("route",),
        )
        self.lexical_s = Histogram(
            "lissom_lexical_duration_seconds",
            "One pass of tokenizer and word tier over the texts that had come in together.",
            ("model",),
        )
        self.queue_s = Histogram(
            "lissom_queue_duration_seconds",
            "From a request's arrival to the reading of a text of it.",
            ("model",),
        )
        self.encoder_s = Histogram(
            "lissom_encoder_duration_seconds", "Reading one text.", ("model",)
        )
        self._families: list[Family] = [
            *(self.requests, self.texts, self.unsure, self.refused),
            *(self.request_s, self.lexical_s, self.queue_s, self.encoder_s),
        ]

    def watch(
        self,
        name: str,
        meaning: str,
        labels: tuple[str, ...],
        look: Callable[[], Mapping[tuple[str, ...], float]],
    ) -> None:
        """Add a gauge that is read when somebody looks."""
        self._families.append(Gauge(name, meaning, labels, look))

    def write(self) -> str:
        r"""Return all of them in the text format.

        Source: Prometheus exposition formats, text format 0.0.4.

        >>> metrics = Metrics()
        >>> metrics.refused.add("busy")
        >>> [line for line in metrics.write().splitlines() if "refused" in line][-1]
        'lissom_refused_total{reason="busy"} 1'
        """
        lines: list[str] = []
        for family in self._families:
            found = list(family.lines())
            if found:
                lines += [
                    f"# HELP {family.name} {family.meaning}",
                    f"# TYPE {family.name} {family.kind}",
                    *found,
                ]
        return "\n".join([*lines, ""])


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = (f'{name}="{_escape(value)}"' for name, value in zip(names, values, strict=True))
    return "{" + ",".join(pairs) + "}" if names else ""


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
