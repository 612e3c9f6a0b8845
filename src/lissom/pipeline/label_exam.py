"""The examination where a row has any number of labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Measured, Mistake, NotMeasured
from lissom.examine import (
    draw_abstention,
    draw_calibration,
    measure_abstention,
    measure_calibration,
)
from lissom.examine.labels import (
    AnsweredLabels,
    draw_labels,
    measure_label_calibration,
    measure_labels,
    measure_micro_f1,
)
from lissom.examine.warn_labels import find_label_warnings
from lissom.pipeline.agreement import measure_loss, repeats_disagree, state_count
from lissom.pipeline.exam import Examined
from lissom.pipeline.shrinking import FEWEST_CERTIFIED
from lissom.tasks import choose_labels, join_names, set_sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.data import Dataset
    from lissom.pipeline.label_settle import JudgedLabels
    from lissom.runtime import Answers, LabelSettings
    from lissom.tasks import Labels, Task


def sets_by_repeats(
    judged: JudgedLabels,
    rows: NDArray[np.int64],
    wanted: NDArray[np.float32],
    labels: tuple[str, ...],
    told: tuple[str, str],
) -> AnsweredLabels:
    """Return labelled rows with the answers of repeats that had not seen them.

    Args:
        judged: answers to all rows.
        rows: the labelled ones.
        wanted: (labelled rows, labels) 0 or 1.
        labels: their names.
        told: method and source, in words.
    """
    return AnsweredLabels(
        wanted > 0,
        judged.given[rows],
        judged.probabilities[rows],
        judged.sureness[rows],
        judged.is_unsure[rows],
        labels,
        *told,
    )


def sets_by_artefact(answers: Answers, output: Labels, test: Dataset, task: Task) -> AnsweredLabels:
    """Return the test rows with the answers of the very files that ship.

    A label that training never saw cannot be given; it counts as a label of its own, missed.

    Args:
        answers: to the test texts, in order.
        output: what the artefact's scores amount to.
        test: rows with labels.
        task: knows what a label cell holds.
    """
    sets = [task.names_in(cell or "") for cell in test.labels]
    unseen = tuple(sorted({name for names in sets for name in names} - set(output.names)))
    names = output.names + unseen
    wanted = task.encode([cell or "" for cell in test.labels], replace(output, names=names))
    given = choose_labels(answers.probabilities, output)
    room = np.zeros((len(sets), len(unseen)), np.float32)
    return AnsweredLabels(
        wanted > 0,
        np.concatenate([given, room > 0], axis=1),
        np.concatenate([answers.probabilities, room], axis=1),
        set_sureness(answers.probabilities, given, output),
        answers.is_unsure,
        names,
        "the artefact that ships",
        test.source,
    )


def examine_sets(
    answered: AnsweredLabels, settings: LabelSettings, rng: np.random.Generator
) -> Examined:
    """Examine answers beside the truth."""
    evidence = (
        *measure_labels(answered, rng),
        *measure_label_calibration(answered, rng),
        *measure_calibration(answered),
        *measure_abstention(
            answered, threshold=settings.unsure_below, promised=settings.promised_precision
        ),
    )
    pictures = (*draw_labels(answered), *draw_calibration(answered), *draw_abstention(answered))
    return Examined(evidence, pictures, find_label_warnings(answered), ())


def find_wrong_sets(
    answered: AnsweredLabels, rows: Sequence[int], texts: Sequence[str], most: int
) -> tuple[Mistake, ...]:
    """Return the wrong answers, the surest first.

    Args:
        answered: answers beside the truth.
        rows: 0-based data row of each answer.
        texts: text of each answer.
        most: how many at most.
    """
    wrong = np.flatnonzero(~answered.right)
    wrong = wrong[np.argsort(-answered.sureness[wrong], kind="stable")][:most]

    def said(held: NDArray[np.bool_]) -> str:
        names = (answered.labels[i] for i in np.flatnonzero(held))
        return join_names(names, "none of the labels").replace("|", " | ")

    return tuple(
        Mistake(
            rows[int(i)],
            texts[int(i)],
            said(answered.wanted[i]),
            said(answered.given[i]),
            float(answered.sureness[i]),
        )
        for i in wrong
    )


def measure_set_agreement(
    given: NDArray[np.bool_],
    full: NDArray[np.bool_],
    told: tuple[str, str],
    rng: np.random.Generator,
    *,
    is_certified: bool,
) -> tuple[Measured, ...]:
    """Measure how far the small model's labels are from those of the model it was made from.

    Args:
        given: (rows, labels) of the small model.
        full: (rows, labels) of the other.
        told: method and source, in words.
        rng: for the resampled interval.
        is_certified: these are answers of what ships to texts that nothing was fitted on; else
            they are those of repeats.
    """
    n, name = len(full), "compression.agreement_f1"
    differs = (given != full).any(axis=1)
    figures = (
        (state_count(differs, told[1]),)
        if is_certified
        else (state_count(differs[:0], told[1]), repeats_disagree(differs, *told))
    )
    if n < FEWEST_CERTIFIED:
        reason = f"{n} texts to compare on; {FEWEST_CERTIFIED} are needed"
        return (*figures, NotMeasured(name, reason))
    return (*figures, measure_micro_f1(full, given, rng, told, name=name))


def measure_set_loss(answered: AnsweredLabels, parent: NDArray[np.bool_]) -> Measured:
    """Measure how many points of whole sets the uncompressed model is ahead, row by row."""
    room = np.zeros((len(parent), answered.wanted.shape[1] - parent.shape[1]), np.bool_)
    whole = (np.concatenate([parent, room], axis=1) == answered.wanted).all(axis=1)
    how = "rows with all labels right, float32 encoder less artefact"
    return measure_loss(whole, answered.right, how, answered.source)
