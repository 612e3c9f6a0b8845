"""What can be counted without asking the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.evidence import Evidence

if TYPE_CHECKING:
    from lissom.evidence import Measured
    from lissom.nets import Exported


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Plain facts of a build.

    Args:
        source: what the rows are called.
        rows: rows that were read.
        labelled: rows with a label and a text.
        classes: different labels.
        exported: how the graph compares with torch.
    """

    source: str
    rows: int
    labelled: int
    classes: int
    exported: Exported


def count(counted: Counted, temperature: float | None) -> tuple[Measured, ...]:
    """Return the counts as evidence.

    Args:
        counted: what was counted.
        temperature: what the encoder's scores are divided by; None where nothing is.
    """
    labelled, exported = counted.labelled, counted.exported

    def one(name: str, value: float, unit: str, n: int, method: str) -> Evidence:
        return Evidence(name, float(value), None, None, n, unit, method, counted.source)

    how = "the encoder's scores are divided by this; fitted on held-out rows"
    name = "calibration.temperature"
    divided = () if temperature is None else (one(name, temperature, "factor", labelled, how),)
    return (
        *divided,
        one("data.rows", counted.rows, "rows", counted.rows, "counted"),
        one("data.labelled_rows", labelled, "rows", labelled, "counted, blank texts left out"),
        one("data.classes", counted.classes, "classes", labelled, "counted"),
        one(
            "agreement.export_max_difference",
            exported.difference,
            "probability",
            exported.compared,
            "largest difference between graph and torch in one number of an embedding",
        ),
    )
