"""A build whose labels cannot tell how good it is: what is said instead of figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, NotMeasured
from lissom.examine import share
from lissom.learn import UNKNOWN, lone_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.evidence import Measured, Verdict
    from lissom.learn import Field
    from lissom.pipeline.exam import Examined

_ABOUT_BEING_RIGHT = (
    "task.accuracy",
    "task.majority_share",
    "task.balanced_accuracy",
    "task.macro_f1",
    "task.log_loss",
    "calibration.ece",
    "abstention.answered_share",
    "abstention.precision",
    "compression.accuracy_loss",
    "compression.expected_loss",
)
_OF_A_CLASS = "task.class."
_NAMED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Started:
    """A model and the rows it was started on.

    Args:
        field: who could run, and what labels could judge.
        classes: the names.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        held: (rows,) answers of repeats that had not seen the row.
        whole: (rows,) answers of the model that was made from all rows.
        source: which rows these are.
    """

    field: Field
    classes: tuple[str, ...]
    targets: NDArray[np.int64]
    held: NDArray[np.int64]
    whole: NDArray[np.int64]
    source: str


def unmeasure(found: Examined, reason: str) -> Examined:
    """Replace every figure about being right by the reason why there is none.

    Args:
        found: what the examination made of labels that cannot judge.
        reason: said in place of each figure.
    """
    missing = tuple(NotMeasured(name, reason) for name in _ABOUT_BEING_RIGHT)
    kept = tuple(
        item
        for item in found.evidence
        if item.name not in _ABOUT_BEING_RIGHT and not item.name.startswith(_OF_A_CLASS)
    )
    return replace(found, evidence=(*missing, *kept), pictures=(), warnings=(), mistakes=())


def judged_targets(
    field: Field, targets: NDArray[np.int64], groups: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the labels that thresholds and temperatures may be chosen on.

    A label that is the only one of its class is left out: hidden, its class is not there to be
    answered, and no temperature makes that likely. Where nothing is measured, none is left.

    Args:
        field: what the labels can decide.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        groups: (rows,) rows with one number are held out together.
    """
    if field.unmeasured:
        return np.full_like(targets, UNKNOWN)
    return np.where(lone_rows(targets, groups), UNKNOWN, targets)


def measure_start(started: Started) -> tuple[Measured, ...]:
    """Say what can be said of answers to rows without a label; none of it is about being right.

    Args:
        started: a model that was started from the names of its classes.

    Returns:
        The share of the answer given most, the classes never given, and how often a repeat that
        had not seen the row answers as the whole does; nothing for any other start.
    """
    rows = np.flatnonzero(started.targets == UNKNOWN)
    if not started.field.is_zero_shot or not len(rows):
        return ()
    counts = np.bincount(started.whole[rows], minlength=len(started.classes))
    how = "answers to rows without a label; says nothing about being right"
    same = int((started.held[rows] == started.whole[rows]).sum())
    repeats = "repeats from the other rows beside the model from all of them; not about being right"
    unused = Evidence(
        "start.unused_classes",
        float((counts == 0).sum()),
        None,
        None,
        len(rows),
        "classes",
        how,
        started.source,
    )
    return (
        share("start.largest_share", int(counts.max()), len(rows), how, started.source),
        unused,
        share("start.stability", same, len(rows), repeats, started.source),
    )


def warn_start(started: Started, *, is_tested: bool) -> tuple[str, ...]:
    """Say plainly what a model was started from and what is not known about it.

    Args:
        started: the model and its rows.
        is_tested: a file of labelled rows was given to measure on.
    """
    field, classes = started.field, started.classes
    warnings: list[str] = []
    if field.is_zero_shot:
        measured = (
            "How often it is right was measured on the test file only, and its probabilities were "
            "fitted to nothing."
            if is_tested
            else "How often it is right was not measured, and its probabilities mean little."
        )
        warnings.append(
            f"No row has a label: this is a zero-shot start from {len(field.named_only)} class "
            f"names. {measured} Label some rows of each class and build again."
        )
    elif field.named_only:
        warnings.append(
            f"{_list(classes, field.named_only)} no labelled row: what the model says of them "
            "comes from the name alone, and nothing was measured of it."
        )
    if field.unmeasured and not field.is_zero_shot and not is_tested:
        warnings.append(
            f"How often it is right was not measured: {field.unmeasured}. Label a second row of "
            "each class, or give a file with --test."
        )
    silent = _silent(started)
    if silent:
        warnings.append(
            f"{_list(classes, silent)} no row among the unlabelled ones that is answered so. "
            "If there should be some, describe the class in the file for --classes, or label a few."
        )
    return tuple(warnings)


def _silent(started: Started) -> tuple[int, ...]:
    rows = started.targets == UNKNOWN
    given = set(started.whole[rows].tolist())
    if not rows.any():
        return ()
    return tuple(number for number in started.field.named_only if number not in given)


def _list(classes: tuple[str, ...], numbers: tuple[int, ...]) -> str:
    named = ", ".join(f'"{classes[number]}"' for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f"{named}{more} {'has' if len(numbers) == 1 else 'have'}"


def say_start(verdict: Verdict, field: Field, *, is_tested: bool) -> Verdict:
    """Put into the headline that nothing was measured, where a start has no label at all."""
    if is_tested or not field.is_zero_shot:
        return verdict
    return replace(
        verdict,
        headline=(
            "Not enough data to tell: this is a zero-shot start from class names, and how often it "
            "is right was not measured."
        ),
    )


def tell_start(found: Examined, started: Started, *, is_tested: bool) -> Examined:
    """Return an examination that says what the labels could not decide.

    Args:
        found: what was examined; unchanged where labels or a test file decided everything.
        started: the model and its rows.
        is_tested: a file of labelled rows was given to measure on.
    """
    if started.field.unmeasured and not is_tested:
        found = unmeasure(found, started.field.unmeasured)
    warnings = warn_start(started, is_tested=is_tested)
    return replace(
        found,
        evidence=(*found.evidence, *measure_start(started)),
        warnings=(*warnings, *found.warnings),
    )
