"""Figures of shrinking and of the points that a budget tried; a part of `NAMES`."""

from __future__ import annotations

from lissom.evidence.name import Name

SHRINK_NAMES: tuple[Name, ...] = (
    Name(
        "compression.expected_loss",
        "Expected loss",
        "points",
        "What the full model's own probabilities say that shrinking costs; no label is needed.",
    ),
    Name(
        "frontier.<label>.size_mib",
        "Size of a point tried",
        "MiB",
        "The files that answer, had this way of making them small been taken.",
    ),
    Name(
        "frontier.<label>.expected_loss",
        "Expected loss of a point tried",
        "points",
        "What this way of making it small would be expected to cost.",
    ),
    Name(
        "frontier.<label>.latency_p95_ms",
        "Slow wait of a point tried",
        "ms",
        "19 of 20 single texts were answered faster than this.",
    ),
    Name(
        "frontier.<label>.throughput_texts_per_s",
        "Throughput of a point tried",
        "texts/s",
        "Different texts answered per second at this point when there are many to do.",
    ),
)

SHRINK_PICTURES: dict[str, str] = {
    "frontier.size": "dots: x is the size, y the accuracy that is expected to be kept",
    "frontier.latency": "dots: x is the wait of one text in 20, y the accuracy kept",
    "frontier.speed": "dots: x is texts per second, y the accuracy kept",
}
