"""What one figure is called and means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """What one figure is called and means.

    Args:
        pattern: dotted name; words in angle brackets stand for names of the user's own,
            "<label>" for that of a class.
        title: two or three words for a heading.
        unit: the unit of its value, one of the keys of `UNITS`.
        meaning: one sentence for somebody who has never met the term.
        is_built: False for a figure that no stage can measure yet.

    >>> Name("task.accuracy", "Accuracy", "share", "How often it is right.").unit
    'share'
    """

    pattern: str
    title: str
    unit: str
    meaning: str
    is_built: bool = True


UNITS: dict[str, str] = {
    "share": "part of a whole, 0 to 1; shown as per cent",
    "points": "percentage points, the difference of two shares times 100",
    "rows": "rows of the user's file",
    "classes": "different labels",
    "groups": "groups of rows",
    "slices": "classes and groups of rows",
    "ms": "milliseconds",
    "texts/s": "texts answered per second",
    "MiB": "mebibytes, 1,048,576 bytes",
    "nats": "natural units of information; 0 is perfect",
    "factor": "a number that something else is divided or multiplied by",
    "probability": "0 to 1, as the model states it",
    "correlation": "-1 to 1; 0 is none, 1 the very same order",
    "joules": "energy",
}
