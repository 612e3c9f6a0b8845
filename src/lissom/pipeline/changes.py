"""What a new bundle does otherwise than the one that it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lissom.evidence import Evidence
from lissom.evidence.written import read_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lissom.evidence import Measured

_COMPARED = {
    "task.accuracy": "accuracy",
    "task.macro_f1": "macro-F1",
    "data.labelled_rows": "labelled rows",
    "data.classes": "classes",
    "abstention.answered_share": "share answered alone",
    "cost.throughput_texts_per_s": "texts per second",
    "size.bundle_mib": "size in MiB",
}


def what_changed(folder: Path, new: Iterable[Measured]) -> tuple[str, ...]:
    """Return a sentence for each figure that differs from the bundle at `folder`.

    Args:
        folder: where the old bundle is, if there is one.
        new: the new figures.
    """
    path = folder / "evidence.json"
    try:
        old = {item.name: item for item in read_evidence(path.read_bytes())}
    except (OSError, msgspec.MsgspecError):
        return ()
    told: list[str] = []
    for item in new:
        before = old.get(item.name)
        if (
            isinstance(item, Evidence)
            and isinstance(before, Evidence)
            and item.name in _COMPARED
            and item.value != before.value
        ):
            is_inside = (
                item.low is not None
                and before.high is not None
                and before.low is not None
                and item.high is not None
                and item.low <= before.high
                and before.low <= item.high
            )
            hint = " (the intervals overlap: this may be chance)" if is_inside else ""
            told.append(f"{_COMPARED[item.name]}: {_say(before)} before, {_say(item)} now{hint}")
    return tuple(told)


def _say(item: Evidence) -> str:
    if item.unit == "share":
        return f"{item.value:.1%}"
    return f"{item.value:,.0f}" if item.value >= 100 else f"{item.value:.3g}"  # noqa: PLR2004 - 3 digits
