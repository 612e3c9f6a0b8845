"""Learn, shrink and examine where a row has any number of labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.data import label_folds
from lissom.evidence import Candidate, Measured
from lissom.examine.labels import measure_micro_f1
from lissom.learn import UNKNOWN
from lissom.nets import add_head
from lissom.pipeline import label_exam as exam
from lissom.pipeline.agreement import AGAINST, measure_coverage
from lissom.pipeline.exam import (
    FEWEST_TIMED,
    LEFT_OUT,
    Examined,
    leave_chosen_out,
    measure_cost,
)
from lissom.pipeline.label_fitting import LabelFitting, marks_of, repeat_labels
from lissom.pipeline.label_settle import give_labels, judge_labels, settle_labels, weigh_words
from lissom.pipeline.shipping import pack
from lissom.pipeline.shrinking import FEWEST_CERTIFIED
from lissom.runtime import LabelRule
from lissom.tasks import choose_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from onnx import ModelProto

    from lissom.data import Dataset
    from lissom.examine.labels import AnsweredLabels
    from lissom.nets import Base
    from lissom.pipeline.label_fitting import HeldLabels, LabelTiers
    from lissom.pipeline.label_settle import Weighed
    from lissom.pipeline.material import Material
    from lissom.pipeline.recipe import Recipe
    from lissom.pipeline.rows import Inputs, Rows
    from lissom.pipeline.shipping import Parts, Weights
    from lissom.pipeline.store import Store
    from lissom.progress import Progress
    from lissom.runtime import LabelSettings, Model, Windows
    from lissom.tasks import Labels

LABELS_VERSION = 1
"""Raised whenever the same settings would learn other labels."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelLesson:
    """What the stages work on.

    Args:
        material: every row; targets number the rows of `rows.sets`.
        rows: texts, sets, groups, and what is kept apart.
        output: names of the labels.
        recipe: settings.
        seed: every random choice follows from it.
        key: fingerprint of rows, base, versions and seed.
    """

    material: Material
    rows: Rows
    output: Labels
    recipe: Recipe
    seed: int
    key: str


@dataclass(frozen=True, slots=True, eq=False)
class LearnedLabels:
    """What came of it.

    Args:
        held: what repeats said of the rows in `fitted`, each without the row's fold.
        fitted: rows that were learned from.
        apart: rows that nothing was fitted on.
        weighed: how much the words count, and why.
        tiers: both tiers, fitted on all rows that may be learned from.
        settings: how scores become labels.
    """

    held: HeldLabels
    fitted: NDArray[np.int64]
    apart: NDArray[np.int64]
    weighed: Weighed
    tiers: LabelTiers
    settings: LabelSettings

    @property
    def folds(self) -> int:
        """Return the number of repeats."""
        return int(self.held.folds.max()) + 1

    def parent(self, material: Material) -> NDArray[np.bool_]:
        """Return the labels that the uncompressed model gives each row."""
        words = self.tiers.words.score(self.tiers.lexicon.table(material.ids))
        read = self.tiers.head.score(material.vectors)
        chances = LabelRule(self.settings).from_reading(read, words)
        return choose_labels(chances, self.settings.output)


def learn_labels(
    lesson: LabelLesson, windows: Windows, store: Store, progress: Progress
) -> LearnedLabels:
    """Fit both tiers without each fold, choose the settings, fit what ships.

    Args:
        lesson: what to learn from.
        windows: how a text is cut that the encoder cannot read at once.
        store: keeps every finished part.
        progress: hears how far it is.
    """
    rows, recipe, sets = lesson.rows, lesson.recipe, lesson.rows.sets
    fitted, apart = np.flatnonzero(~rows.is_kept_apart), np.flatnonzero(rows.is_kept_apart)
    inside = lesson.material.select(fitted)
    marks = marks_of(inside.targets, sets)
    # Rows without any label and rows without an answer are spread evenly, too.
    has_none = (inside.targets != UNKNOWN) & ~marks.any(axis=1)
    kinds = np.column_stack([marks, has_none, inside.targets == UNKNOWN]).astype(np.float32)
    folds = label_folds(kinds, inside.groups, recipe.learn.folds, lesson.seed)
    fitting = LabelFitting(inside, sets, recipe, store, f"{lesson.key}/{LABELS_VERSION}")
    held = repeat_labels(fitting, folds, progress.step)
    everything = np.arange(len(fitted))
    wanted = sets[inside.targets[inside.labelled]]
    weighed = weigh_words(held, inside.labelled, wanted)
    settings = settle_labels(held, inside.targets, sets, everything, recipe, lesson.output)
    settings = msgspec.structs.replace(
        settings, max_tokens=windows.max_tokens, max_windows=windows.most
    )
    return LearnedLabels(held, fitted, apart, weighed, fitting.fit(everything), settings)


def ship_labels(learned: LearnedLabels, graph: ModelProto, base: Base, weights: Weights) -> Parts:
    """Make the files that answer."""
    tiers = learned.tiers
    lexical = tiers.lexicon.to_lexical(tiers.words)
    return pack(add_head(graph, tiers.head), lexical, learned.settings, base.tokenizer, weights)


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """What an examination of labels needs besides what was learned.

    Args:
        inputs: rows as read, and the test rows if there are any.
        parts: the files that ship.
        read: turns further texts into rows of material.
        clock: seconds, monotonic.
        threads: texts read at a time.
    """

    inputs: Inputs
    parts: Parts
    read: Callable[[list[str]], Material]
    clock: Callable[[], float]
    threads: int


def examine_labels(lesson: LabelLesson, learned: LearnedLabels, sitting: Sitting) -> Examined:
    """Examine what ships: by repeats where labels are all there is, by the test rows else."""
    rng = np.random.default_rng([lesson.seed, 2])
    model = sitting.parts.load(sitting.threads)
    test = sitting.inputs.test
    found, texts, unseen, source = (
        _by_repeats(lesson, learned, sitting, model, rng)
        if test is None
        else _by_test(lesson, learned, sitting, (model, test), rng)
    )
    if len(unseen) < FEWEST_TIMED:
        unseen, source = texts, f"labelled rows of {source}, seen in training"
    cost = measure_cost(model, sitting.parts, unseen, sitting.clock, source=source)
    evidence = (*found.evidence, *cost, *LEFT_OUT)
    return Examined(evidence, found.pictures, found.warnings, found.mistakes)


_Found = tuple[Examined, list[str], list[str], str]


def _by_repeats(
    lesson: LabelLesson,
    learned: LearnedLabels,
    sitting: Sitting,
    model: Model,
    rng: np.random.Generator,
) -> _Found:
    rows, recipe, output = lesson.rows, lesson.recipe, lesson.output
    targets = lesson.material.targets[learned.fitted]
    judged = judge_labels(learned.held, targets, rows.sets, recipe, output)
    fair, fair_rows = leave_chosen_out(targets, rows.lines[learned.fitted], sitting.inputs)
    labelled = np.flatnonzero(fair != UNKNOWN)
    places = learned.fitted[labelled]
    name = sitting.inputs.train.source
    how = f"cross-fitted repeats of the whole recipe, {learned.folds} folds"
    told = f"{how}; all labels train what ships", f"labelled rows of {fair_rows}"
    wanted = rows.sets[targets[labelled]]
    answered = exam.sets_by_repeats(judged, labelled, wanted, output.names, told)
    apart = learned.apart[: recipe.examine.max_texts]
    unseen, source = [rows.texts[i] for i in apart], f"unlabelled rows of {name}, never fitted on"
    answers = model.answer(unseen or [""])
    is_certified = len(unseen) >= FEWEST_CERTIFIED
    given, full, compared = judged.given, judged.full, (how, told[1])
    if is_certified:
        given = choose_labels(answers.probabilities, learned.settings.output)
        full, compared = learned.parent(lesson.material.select(apart)), (AGAINST, source)
    agreement = (
        *exam.measure_set_agreement(given, full, compared, rng, is_certified=is_certified),
        measure_coverage(answers.is_lexical[: len(unseen)], source),
    )
    texts = [rows.texts[i] for i in places]
    numbers = [int(sitting.inputs.train.rows[int(rows.lines[i])]) for i in places]
    return (
        _gather(learned, answered, agreement, (numbers, texts), recipe, rng),
        texts,
        unseen,
        source,
    )


def _by_test(
    lesson: LabelLesson,
    learned: LearnedLabels,
    sitting: Sitting,
    asked: tuple[Model, Dataset],
    rng: np.random.Generator,
) -> _Found:
    model, test = asked
    output = learned.settings.output
    texts, source = test.texts, test.source
    answers = model.answer(texts)
    answered = exam.sets_by_artefact(answers, output, test, sitting.inputs.task)
    whole = learned.parent(sitting.read(texts))
    given = choose_labels(answers.probabilities, output)
    agreement = (
        *exam.measure_set_agreement(given, whole, (AGAINST, source), rng, is_certified=True),
        measure_coverage(answers.is_lexical, source),
    )
    loss = exam.measure_set_loss(answered, whole)
    unseen = texts[: lesson.recipe.examine.max_texts]
    numbers = [int(row) for row in test.rows]
    figures = (*agreement, loss)
    recipe = lesson.recipe
    return _gather(learned, answered, figures, (numbers, texts), recipe, rng), texts, unseen, source


def _gather(
    learned: LearnedLabels,
    answered: AnsweredLabels,
    more: Sequence[Measured],
    rows: tuple[list[int], list[str]],
    recipe: Recipe,
    rng: np.random.Generator,
) -> Examined:
    found = exam.examine_sets(answered, learned.settings, rng)
    mistakes = exam.find_wrong_sets(answered, *rows, recipe.examine.mistakes)
    return Examined((*found.evidence, *more), found.pictures, found.warnings, mistakes)


def compare_ways(lesson: LabelLesson, learned: LearnedLabels, source: str) -> tuple[Candidate, ...]:
    """Return each way of learning with its micro-F1 on held-out rows, the best first."""
    held, share = learned.held, learned.settings.lexical_share
    targets = lesson.material.targets[learned.fitted]
    labelled = np.flatnonzero(targets != UNKNOWN)
    wanted, folds = lesson.rows.sets[targets[labelled]], held.folds[labelled]
    both = held.read + np.float32(share or 0.5) * held.words
    ways = {"lexical": held.alone, "frozen": held.read, "frozen and lexical": both}
    chosen = "frozen and lexical" if share else "frozen"
    rng = np.random.default_rng([lesson.seed, 4])
    told = f"cross-fitted, {learned.folds} folds, before shrinking", f"labelled rows of {source}"
    found = []
    for name, scores in ways.items():
        given = give_labels(scores[labelled], wanted, folds)
        figure = measure_micro_f1(wanted > 0, given, rng, told)
        why = learned.weighed.why if name == chosen else ""
        found.append(Candidate(name, figure, name == chosen, why))
    return tuple(sorted(found, key=_by_figure))


def _by_figure(candidate: Candidate) -> float:
    figure = candidate.accuracy
    return -getattr(figure, "value", 0.0)
