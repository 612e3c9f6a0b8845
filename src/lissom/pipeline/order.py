"""Placeholder of what a build is asked for; the integrator's module takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Given:
    """Columns the user named; stands in for the one in `data`."""

    text: str | None = None
    label: str | None = None
    date: str | None = None
    group: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """What the user asked of the result; stands in for the one in `govern`."""

    min_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What the user allows it to cost."""

    max_mib: float | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One build, as asked for."""

    data: Path | str
    out: Path | None = None
    test: Path | str | None = None
    unlabelled: Path | str | None = None
    given: Given = Given()
    base: str | None = None
    seed: int = 0
    gates: Gates = Gates()
    budget: Budget = Budget()
    keep_rare_labels: bool = False
    threads: int | None = None
    fresh: bool = False
