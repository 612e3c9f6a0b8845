"""The examination: of the recipe where labels are all there is, of the artefact where it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, Mistake, NotMeasured
from lissom.examine import (
    Answered,
    draw_abstention,
    draw_calibration,
    draw_task,
    find_warnings,
    measure_abstention,
    measure_calibration,
    measure_speed,
    measure_task,
)
from lissom.learn import UNKNOWN
from lissom.pipeline.probing import probe_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lissom.data import Dataset
    from lissom.evidence import Picture
    from lissom.pipeline.rows import Inputs
    from lissom.pipeline.settle import Judged, Settled
    from lissom.pipeline.shipping import Parts
    from lissom.runtime import Model

LEFT_OUT = (
    *(
        NotMeasured(name, "lissom examine measures it, on labelled rows of their own")
        for name in (
            "outside.auroc",
            "robustness.typo.accuracy",
            "adversary.success",
            "groups.different",
            "explanation.faithfulness",
        )
    ),
    NotMeasured(
        "privacy.membership_auroc", "lissom examine measures it, beside training rows (--train)"
    ),
    NotMeasured("energy.joules_per_text", "lissom examine measures it, in its part cost"),
)
"""Figures that a person would look for and that a build does not measure."""

FEWEST_TIMED = 20
"""Unseen texts under which speed is measured on texts that training saw, and said to be."""


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What was found out.

    Args:
        evidence: figures.
        pictures: tables worth drawing.
        warnings: said loudly.
        mistakes: rows that were answered wrongly, the surest first.
    """

    evidence: tuple[Measured, ...]
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...]
    mistakes: tuple[Mistake, ...]


def leave_chosen_out(
    targets: NDArray[np.int64], lines: NDArray[np.int64], inputs: Inputs
) -> tuple[NDArray[np.int64], str]:
    """Return the labels that are a fair sample, and where they come from in words.

    Rows that `lissom next` chose are harder than most, so they teach and are not examined with;
    where there are no others, they serve, and it is said.
    """
    source = inputs.train.source
    if not inputs.chosen:
        return targets, source
    fair = np.where(np.isin(lines, sorted(inputs.chosen)), UNKNOWN, targets)
    if not (fair != UNKNOWN).any():
        return targets, f"{source}, all chosen to be learned from, so harder than most"
    return fair, f"{source}, without those that were chosen to be learned from"


def answered_by_repeats(
    judged: Judged, targets: NDArray[np.int64], classes: tuple[str, ...], folds: int, source: str
) -> Answered:
    """Return the labelled rows with the answers of repeats that had not seen them."""
    rows = np.flatnonzero(targets != UNKNOWN)
    return Answered(
        targets[rows],
        judged.probabilities[rows],
        judged.is_unsure[rows],
        classes,
        f"cross-fitted repeats of the whole recipe, {folds} folds; all labels train what ships",
        f"labelled rows of {source}",
    )


def answered_by_artefact(model: Model, test: Dataset) -> Answered:
    """Return the test rows with the answers of the very files that ship.

    A label that training never saw cannot be answered rightly; it counts as a class of its own.
    """
    labels = [label for label in test.labels if label]
    known = model.settings.classes
    unseen = tuple(sorted(set(labels) - set(known)))
    names = known + unseen
    at = {name: number for number, name in enumerate(names)}
    answers = model.answer(test.texts)
    padded = np.zeros((len(labels), len(names)), np.float32)
    padded[:, : len(known)] = answers.probabilities
    targets = np.array([at[label] for label in labels], np.int64)
    return Answered(
        targets, padded, answers.is_unsure, names, "the artefact that ships", test.source
    )


def examine_answers(answered: Answered, settled: Settled, rng: np.random.Generator) -> Examined:
    """Examine answers beside the truth."""
    promise = settled.promise
    evidence = (
        *measure_task(answered, rng),
        *measure_calibration(answered),
        *measure_abstention(answered, threshold=promise.unsure_below, promised=promise.precision),
    )
    pictures = (*draw_task(answered), *draw_calibration(answered), *draw_abstention(answered))
    return Examined(evidence, pictures, find_warnings(answered), ())


def find_mistakes(
    answered: Answered, rows: Sequence[int], texts: Sequence[str], most: int
) -> tuple[Mistake, ...]:
    """Return the wrong answers, the surest first.

    Args:
        answered: answers beside the truth.
        rows: 0-based data row of each answer.
        texts: text of each answer.
        most: how many at most.
    """
    sureness = answered.probabilities.max(axis=1, initial=0)
    wrong = np.flatnonzero(~answered.right)
    wrong = wrong[np.argsort(-sureness[wrong], kind="stable")][:most]
    names = answered.classes
    return tuple(
        Mistake(
            rows[int(i)],
            texts[int(i)],
            names[answered.targets[i]],
            names[answered.predicted[i]],
            float(sureness[i]),
        )
        for i in wrong
    )


def measure_cost(
    model: Model,
    parts: Parts,
    texts: Sequence[str],
    clock: Callable[[], float],
    *,
    source: str,
) -> tuple[Measured, ...]:
    """Measure speed, size, memory and start of the artefact.

    Args:
        model: the artefact.
        parts: its files.
        texts: texts that it has not seen.
        clock: seconds, monotonic.
        source: what these texts are.
    """
    speed = measure_speed(model.answer, texts, clock, source=source)
    reading = measure_speed(
        model.read_all, texts[:300], clock, source=source, prefix="cost.encoder"
    )
    # One figure for the encoder is enough; its latency is what a deferred text waits.
    encoder = [item for item in reading if item.name.endswith("throughput_texts_per_s")]
    files = "the files that answer; documents and signature, under 2 MiB, are not counted"
    sizes = (
        _count("size.bundle_mib", parts.size_mib, files),
        _count("size.model_mib", len(parts.files["model.onnx"]) / (1 << 20), "model.onnx"),
        _count("size.full_model_mib", parts.full_mib, "the float32 graph it was made from"),
    )
    renamed = [
        Evidence("cost.encoder_throughput_texts_per_s", *_rest(item))
        if isinstance(item, Evidence)
        else NotMeasured("cost.encoder_throughput_texts_per_s", item.reason)
        for item in encoder
    ]
    return (*speed, *renamed, *probe_files(parts.files, texts), *sizes)


def _rest(item: Evidence) -> tuple[float, float | None, float | None, int, str, str, str]:
    return item.value, item.low, item.high, item.n, item.unit, item.method, item.source


def _count(name: str, value: float, method: str) -> Evidence:
    return Evidence(name, value, None, None, 1, "MiB", method, "the artefact that ships")
