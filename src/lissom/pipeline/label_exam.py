"""The examination where a row has any number of labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, Mistake, NotMeasured
from lissom.evidence.intervals import bootstrap
from lissom.examine import (
    AnsweredLabels,
    draw_abstention,
    draw_calibration,
    draw_labels,
    find_label_warnings,
    measure_abstention,
    measure_calibration,
    measure_label_calibration,
    measure_labels,
    share,
)
from lissom.pipeline.exam import FEWEST_PAIRS, Examined
from lissom.tasks import choose_labels, join_names, set_sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.data import Dataset
    from lissom.pipeline.label_settle import JudgedLabels
    from lissom.runtime import Answers, LabelSettings, Model
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
        *measure_calibration(answered, rng),
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
    model: Model,
    output: Labels,
    texts: Sequence[str],
    parent: NDArray[np.bool_],
    *,
    source: str,
    fallback: tuple[NDArray[np.bool_], str] | None,
) -> tuple[Measured, ...]:
    """Measure how often the artefact gives other labels than the uncompressed model.

    Args:
        model: the artefact.
        output: what its scores amount to.
        texts: texts that nothing was fitted on.
        parent: (texts, labels) what the uncompressed model gives.
        source: what these texts are.
        fallback: whether held-out repeats differed, and how that was found, where the texts are
            too few.
    """
    name, cover = "compression.disagreement", "compression.coverage_lexical"
    if len(texts) < FEWEST_PAIRS:
        reason = f"{len(texts)} texts were kept apart from fitting; {FEWEST_PAIRS} are needed"
        covered = NotMeasured(cover, reason)
        if fallback is None or len(fallback[0]) < FEWEST_PAIRS:
            return (NotMeasured(name, reason), covered)
        differs, how = fallback
        return (share(name, int(differs.sum()), len(differs), how, source), covered)
    answers = model.answer(list(texts))
    given = choose_labels(answers.probabilities, output)
    differs = (given != parent).any(axis=1)
    n, how = len(texts), "any label of the artefact against the float32 encoder, unseen texts"
    return (
        share(name, int(differs.sum()), n, how, source),
        share(cover, int(answers.is_lexical.sum()), n, how, source),
    )


def measure_set_loss(
    answered: AnsweredLabels, parent: NDArray[np.bool_], rng: np.random.Generator
) -> Measured:
    """Measure how many points of whole sets the uncompressed model is ahead, row by row."""
    room = np.zeros((len(parent), answered.wanted.shape[1] - parent.shape[1]), np.bool_)
    whole = (np.concatenate([parent, room], axis=1) == answered.wanted).all(axis=1)
    gap = 100 * (whole.astype(np.float64) - answered.right)
    low, high = bootstrap(lambda rows: float(gap[rows].mean()), len(gap), rng)
    value = float(gap.mean())
    how = "paired bootstrap 95 %, 500 draws; rows with all labels right, float32 less artefact"
    ends = min(low, value), max(high, value)
    source = answered.source
    return Evidence("compression.accuracy_loss", value, *ends, len(gap), "points", how, source)
