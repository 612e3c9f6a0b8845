"""What the monitors know, as bytes: numbers and counts, no row of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lissom.errors import LogError
from lissom.operate.watching.conformal import BETS, Detector
from lissom.operate.watching.monitors import DETECTORS, Watched
from lissom.operate.watching.odds import Meter
from lissom.operate.watching.scores import Cloud, Fitted, Learned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lissom.operate.watching.rows import Rows

FORM = 2
"""Of what is kept; a state of another form is forgotten, and a new reference begins."""


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of a state that is no array.

    Args:
        form: of what is kept.
        looks: how many there were.
        since: monitor to the look at which it raised its alarm.
        last: the number of the last row that was looked at.
        began: the number behind which the reference begins.
        last_label: of the label rows that were used.
        closeness: monitor to how near its evidence is to the bar; 1 is there.
    """

    form: int = FORM
    looks: int = 0
    since: dict[str, int] = {}
    last: int = 0
    began: int = 0
    last_label: int = 0
    closeness: dict[str, float] = {}


def pack(watched: Watched, meters: Mapping[str, Meter], reference: NDArray[np.int64]) -> bytes:
    """Return a state as bytes; rows of the bag and of the reference by their numbers only."""
    fitted, learned = watched.fitted, watched.learned
    tables: dict[str, NDArray[np.float64] | NDArray[np.int64]] = {
        "sketches.mean": fitted.sketches.mean,
        "sketches.whiten": np.ascontiguousarray(fitted.sketches.whiten),
        "chances.mean": fitted.chances.mean,
        "chances.whiten": np.ascontiguousarray(fitted.chances.whiten),
        "torn.mean": fitted.torn.mean,
        "torn.whiten": np.ascontiguousarray(fitted.torn.whiten),
        "middles": np.array([*fitted.doubt, *fitted.known]),
        "learned.sketches": learned.sketches,
        "learned.chances": learned.chances,
        "learned.torn": learned.torn,
        "learned.seen": learned.seen,
        "bag": watched.bag.numbers,
        "reference": reference,
        "weights": np.stack([watched.detectors[name].weights for name in DETECTORS]),
        "sums": np.array([watched.detectors[name].log_sum for name in DETECTORS]),
    }
    for name, meter in meters.items():
        tables[f"meter.{name}"] = np.array([*meter.weights, meter.log_sum])
    return save(tables)


def unpack(raw: bytes, kept: Kept, bag: Rows) -> tuple[Watched, dict[str, Meter]]:
    """Return a state from bytes.

    Args:
        raw: from `pack`.
        kept: the part that is no array.
        bag: the rows of `bag_numbers`, as far as they are still there.

    Raises:
        LogError: the bytes are not a state of this form.
    """
    tables = read_tables(raw)
    try:
        weights, sums, middles = tables["weights"], tables["sums"], tables["middles"]
        weights = weights.reshape(len(DETECTORS), BETS)
        detectors = {
            name: Detector(row, float(total))
            for name, row, total in zip(DETECTORS, weights, sums, strict=True)
        }
        fitted = Fitted(
            Cloud(tables["sketches.mean"], tables["sketches.whiten"]),
            Cloud(tables["chances.mean"], tables["chances.whiten"]),
            Cloud(tables["torn.mean"], tables["torn.whiten"]),
            (float(middles[0]), float(middles[1])),
            (float(middles[2]), float(middles[3])),
        )
        names = ("sketches", "chances", "torn", "seen")
        learned = Learned(*(tables[f"learned.{name}"] for name in names))
    except (KeyError, IndexError, ValueError) as error:
        raise LogError("states", f"a monitor's state is damaged ({error})") from error
    meters = {
        name.removeprefix("meter."): Meter(values[:-1], float(values[-1]))
        for name, values in tables.items()
        if name.startswith("meter.")
    }
    return Watched(fitted, learned, bag, detectors, kept.looks, kept.since), meters


def read_tables(raw: bytes) -> dict[str, NDArray[np.float64]]:
    """Return the arrays of a state.

    Raises:
        LogError: they are damaged.
    """
    try:
        found: dict[str, NDArray[np.float64]] = load(raw)
    except (SafetensorError, ValueError) as error:
        raise LogError("states", f"a monitor's state is damaged ({error})") from error
    return found
