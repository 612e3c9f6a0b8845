"""Streams of answers without a server: what a model of four labels would log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, NotMeasured
from lissom.operate.watching import (
    Entry,
    Facts,
    Keeping,
    Log,
    MonitorStatus,
    Share,
    VersionStatus,
)
from lissom.operate.watching.rows import Rows
from lissom.operate.watching.sketch import sketch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ("delivery", "praise", "refund", "other")
CALM = np.full(4, 0.25)
HOUR_MS = 3_600_000


ALARM = VersionStatus(
    model="in<b>box",
    version="aaaaaaaaaaaa",
    state="alarm",
    says="Alarm: some labels come more often.",
    harm="unknown",
    looked_ms=1_800_000_000_000,
    looks=12,
    answers=12_345,
    details=4000,
    wanted=4000,
    labels=40,
    monitors=(
        MonitorStatus("mix", "alarm", 1.0, 1_799_999_000_000),
        MonitorStatus("slow", "calm", 0.25),
    ),
    mix=(Share("<script>", 0.1, 0.3, 0.25, 0.35, 0.31),),
    figures=(Evidence("watch.outside", 0.02, 0.01, 0.03, 1000, "share", "Wilson", "latest"),),
    not_measured=(NotMeasured("watch.accuracy", "not enough data yet: 3 of 30 labels"),),
)


class Stream:
    """Texts as token ids, with probabilities that are calibrated while nothing changes.

    Args:
        seed: everything follows from it.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.number = 0

    def draw(
        self,
        count: int,
        shares: NDArray[np.float64] = CALM,
        *,
        strange: float = 0.0,
        doubt: float = 0.0,
    ) -> list[Entry]:
        """Return answers.

        Args:
            count: how many.
            shares: of the labels.
            strange: share of texts of a kind that was never seen, about which the model is unsure.
            doubt: added to the noise in what the model sees: it is right less often.
        """
        rng = self.rng
        labels = rng.choice(4, count, p=shares)
        seen = np.eye(4)[labels] * 3 + rng.normal(size=(count, 4)) * (1 + doubt)
        is_strange = rng.random(count) < strange
        seen[is_strange] = rng.normal(size=(int(is_strange.sum()), 4)) * 0.1
        powers = np.exp(3 * seen - (3 * seen).max(axis=1, keepdims=True))
        chances = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
        entries = []
        for i in range(count):
            self.number += 1
            best = int(chances[i].argmax())
            words = [labels[i] * 50 + int(k) for k in rng.integers(0, 50, 6)]
            if is_strange[i]:
                words = [1000 + int(k) for k in rng.integers(0, 50, 6)]
            entries.append(
                Entry(
                    *(self.number, 0, 1, f"text {self.number}", "", words),
                    *(float(0.2 if is_strange[i] else rng.uniform(0.5, 1)), NAMES[best]),
                    *(float(chances[i, best]), chances[i], False, True, 1.0),
                )
            )
        return entries

    def rows(self, count: int, *shares: NDArray[np.float64], **how: float) -> Rows:
        """Return answers as the monitors see them."""
        return to_rows(self.draw(count, *shares, **how))


def to_rows(entries: list[Entry]) -> Rows:
    return Rows(
        np.array([one.number for one in entries]),
        sketch([one.ids for one in entries]),
        np.stack([one.chances for one in entries]),
        np.array([len(one.ids) for one in entries]),
        np.array([one.known for one in entries], np.float32),
    )


def open_log(folder: Path, keeping: Keeping | None = None) -> Log:
    """Return a log that knows one version, with the number 1."""
    log = Log(folder, keeping or Keeping())
    log.add_version("inbox", "aaaaaaaaaaaa", NAMES, Facts(accuracy=0.9, calibration_error=0.02))
    return log


def tell_nobody(_event: str, **_facts: object) -> None:
    """Hear nothing."""


def remember(told: list[tuple[str, dict[str, object]]]) -> Callable[..., None]:
    """Return somebody who remembers what they hear."""

    def tell(event: str, **facts: object) -> None:
        told.append((event, facts))

    return tell
