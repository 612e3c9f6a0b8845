"""The learning stage: plan the race, run it, fit what ships."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.data import folds as cut_folds
from lissom.evidence import Candidate
from lissom.examine import share
from lissom.learn import (
    COMBINED,
    DEFAULT,
    TUNED,
    UNKNOWN,
    Field,
    Schedule,
    Size,
    choose,
    find_field,
    plan,
)
from lissom.pipeline import crossfit
from lissom.pipeline.declared import need_names
from lissom.pipeline.mixes import unlabelled_chances
from lissom.pipeline.settle import lean_trained, settle
from lissom.pipeline.starts import Started, judged_targets
from lissom.pipeline.tuner import Tuner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.learn import Choice
    from lissom.nets import Base, Exported
    from lissom.pipeline.crossfit import Held, Trained
    from lissom.pipeline.material import Material
    from lissom.pipeline.recipe import Recipe
    from lissom.pipeline.settle import Settled
    from lissom.pipeline.store import Store
    from lissom.pipeline.tuner import Tuned
    from lissom.progress import Progress
    from lissom.runtime import Windows


_UNJUDGED_FOLDS = 3
"""Where labels judge nothing, repeats only tell how far the lexical tier can be trusted."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What the stage learns from and with.

    Args:
        material: every row.
        apart: (rows,) nothing is fitted on these.
        base: the encoder.
        recipe: settings; a schedule without candidates is planned here.
        seed: every random choice follows from it.
        key: fingerprint of rows, base, versions and seed.
        seconds: what tuning may take, or None for the default.
        processes: how many tune an encoder together.
        windows: how a text is cut that the encoder cannot read at once; None when none is.
    """

    material: Material
    apart: NDArray[np.bool_]
    base: Base
    recipe: Recipe
    seed: int
    key: str
    seconds: float | None = None
    processes: int = 1
    windows: Windows | None = None

    @property
    def field(self) -> Field:
        """Return what the labels that may be learned from can decide."""
        return find_field(self.material.select(np.flatnonzero(~self.apart)))

    def check_names(self, classes: tuple[str, ...]) -> None:
        """Refuse a start from names that say nothing.

        Raises:
            NamesSayNothingError: there is no label either.
        """
        if self.field.is_zero_shot:
            need_names(self.material.names, classes)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The race and what came of it.

    Args:
        material: every row, as the model that ships sees it.
        held: what the repeats said of the rows in `held_rows`.
        held_rows: rows that took part in the repeats.
        apart_rows: rows that nothing was fitted on.
        choice: which candidate ships, and why.
        trained: both tiers, fitted on all rows that may be learned from.
        settled: temperatures, deferral, promise.
        schedule: what the race did, counted.
        tuner: tunes the encoder again for other rows.
        tuned: the tuned encoder that ships, or None where the base itself does.
        field: what the labels could decide.
        fitting: what the repeats fitted, to be asked again; None where it was not kept.
    """

    material: Material
    held: Held
    held_rows: NDArray[np.int64]
    apart_rows: NDArray[np.int64]
    choice: Choice
    trained: Trained
    settled: Settled
    schedule: Schedule
    tuner: Tuner
    tuned: Tuned | None
    field: Field
    fitting: crossfit.Fitting | None = None

    @property
    def folds(self) -> int:
        """Return the number of repeats."""
        return int(self.held.folds.max()) + 1

    def started(self, classes: tuple[str, ...], source: str) -> Started:
        """Return what is told of rows whose labels could not decide everything."""
        inside = self.material.select(self.held_rows)
        whole = self.trained.parent(inside)
        return Started(self.field, classes, inside.targets, self.held.parent, whole, source)

    def unlabelled_chances(self) -> NDArray[np.float32]:
        """Return held-out probabilities of rows without a label, before answers lean anywhere."""
        targets = self.material.targets[self.held_rows]
        is_words = self.trained.is_words
        return unlabelled_chances(self.held, self.settled, targets, is_words=is_words)

    def see(self, material: Material) -> Material:
        """Return other rows as the model that ships sees them."""
        return material if self.tuned is None else self.tuner.see(self.tuned, material)

    def export(self) -> Exported | None:
        """Return the tuned encoder as a graph, or None where the base itself ships."""
        if self.tuned is None:
            return None
        return self.tuner.export(self.tuned, self.material)


def schedule_for(lesson: Lesson, *, pace: float = 1.0) -> Schedule:
    """Return the recipe's schedule, or plan one.

    Args:
        lesson: rows, recipe, time.
        pace: this machine's speed over the reference's; only asked for where a time was named,
            so that the default plans alike everywhere.
    """
    given = lesson.recipe.schedule
    if given.candidates:
        return given
    if lesson.field.entrants:
        # One candidate runs whatever the time; what it is follows from the labels every time.
        return Schedule()
    lengths = [len(ids) for ids in lesson.material.ids]
    size = Size(
        labels=len(lesson.material.labelled),
        classes=lesson.material.classes,
        pool=len(lengths),
        tokens=float(np.mean(lengths)) if lengths else 0.0,
        batch=lesson.recipe.tune.batch,
        weights=lesson.base.layer_weights,
        is_taught=lesson.material.taught is not None,
    )
    return plan(size) if lesson.seconds is None else plan(size, lesson.seconds, pace=pace)


def learn(
    lesson: Lesson, schedule: Schedule, store: Store, threads: int, progress: Progress
) -> Learned:
    """Run the race and fit what ships.

    Args:
        lesson: what to learn from.
        schedule: from `schedule_for`.
        store: keeps every finished part.
        threads: cores to use.
        progress: hears how far it is.
    """
    recipe, material, field = lesson.recipe, lesson.material, lesson.field
    fitted, apart = np.flatnonzero(~lesson.apart), np.flatnonzero(lesson.apart)
    entrants = field.entrants or schedule.candidates
    is_tuning = bool(set(entrants) & TUNED)
    how = replace(recipe.tune, steps=schedule.steps or recipe.tune.steps)
    count = schedule.folds if is_tuning else recipe.learn.folds
    if field.unmeasured:
        count = min(count, _UNJUDGED_FOLDS)
    meter = _Meter(progress, (count + 1) * how.steps)
    tuner = Tuner(lesson.base, how, lesson.seed, store, threads, meter.step, lesson.processes)
    tuner = replace(tuner, windows=lesson.windows)
    held_rows = _spare(material, fitted, schedule, lesson.seed) if is_tuning else fitted
    inside = material.select(held_rows)
    strata = np.where(inside.targets == UNKNOWN, inside.classes, inside.targets)
    folds = cut_folds(strata, inside.groups, count, lesson.seed)
    fitting = crossfit.Fitting(inside, recipe, store, f"{lesson.key}/{count}", tuner)
    # Where encoders are tuned, their steps are nearly all of the work, and are told instead.
    tell = _ignore if is_tuning else progress.step
    scores = crossfit.race(fitting, inside, folds, entrants, tell)
    choice = crossfit.pick(scores, inside.targets, inside.labelled)
    choice = replace(choice, why=field.why) if field.why else choice
    progress.note(f"Chosen: {choice.name}; {choice.why}.")
    progress.stage("distil", "a student that reads no text, on the same folds")
    held = crossfit.repeat(fitting, inside, folds, scores, progress.step)
    if _lost_to_the_plain_one(choice, held, inside):
        progress.note("Repeated as a whole, that was worse than the plain encoder, which ships.")
        scores = {DEFAULT: scores[DEFAULT]}
        choice = crossfit.pick(scores, inside.targets, inside.labelled)
        held = crossfit.repeat(fitting, inside, folds, scores, progress.step)
    tuned = None
    if set(choice.weights) & TUNED:
        tuned = tuner.tune(material.select(fitted))
        material = tuner.see(tuned, material)
    final = crossfit.Fitting(
        material.select(fitted), recipe, store, lesson.key, tuner, is_seen=tuned is not None
    )
    trained = final.both(choice, np.arange(len(fitted)))
    known = judged_targets(field, inside.targets, inside.groups)
    settled = settle(held, known, np.arange(len(held_rows)), recipe, is_words=trained.is_words)
    trained = lean_trained(trained, settled)
    return Learned(
        *(material, held, held_rows, apart, choice, trained, settled, schedule, tuner, tuned),
        field,
        None if is_tuning else fitting,
    )


def judge_candidates(learned: Learned, source: str) -> tuple[Candidate, ...]:
    """Return what each candidate got right of labels that it did not see, the best first."""
    inside = learned.material.select(learned.held_rows)
    known = judged_targets(learned.field, inside.targets, inside.groups)
    rows = np.flatnonzero(known != UNKNOWN)
    targets, held = known[rows], learned.held
    said = {name: scores[rows].argmax(axis=1) for name, scores in held.candidates.items()}
    if learned.choice.name == COMBINED:
        said[COMBINED] = held.parent[rows]
    method = f"cross-fitted, {learned.folds} folds, before shrinking"
    found = []
    for name, answers in said.items():
        hits = int((answers == targets).sum())
        is_chosen = name == learned.choice.name
        why = learned.choice.why if is_chosen else ""
        accuracy = share("task.accuracy", hits, len(rows), method, f"labelled rows of {source}")
        found.append((hits, Candidate(name, accuracy, is_chosen, why)))
    return tuple(candidate for _, candidate in sorted(found, key=lambda pair: -pair[0]))


def _lost_to_the_plain_one(choice: Choice, held: Held, inside: Material) -> bool:
    """Say whether the repeats of what was chosen did worse than the frozen encoder.

    The race judges candidates one by one; this judges what came of it.
    """
    if choice.name == DEFAULT or DEFAULT not in held.candidates:
        return False
    rows = inside.labelled
    right = {
        DEFAULT: held.candidates[DEFAULT][rows].argmax(axis=1) == inside.targets[rows],
        COMBINED: held.parent[rows] == inside.targets[rows],
    }
    return choose(right).name == DEFAULT


@dataclass(slots=True)
class _Meter:
    """Adds up the steps of encoders that are tuned one after the other."""

    progress: Progress
    total: int
    before: int = 0

    def step(self, done: int, total: int) -> None:
        self.progress.step(self.before + done, max(self.total, self.before + total))
        if done == total:
            self.before += total


def _ignore(_done: int, _total: int) -> None:
    """Hear nothing."""


def _spare(
    material: Material, fitted: NDArray[np.int64], schedule: Schedule, seed: int
) -> NDArray[np.int64]:
    """Return the labelled rows and as many unlabelled ones as the repeats have time to read."""
    is_labelled = material.targets[fitted] != UNKNOWN
    others = fitted[~is_labelled]
    if len(others) > schedule.spare_rows:
        rng = np.random.default_rng([seed, 3])
        others = rng.choice(others, schedule.spare_rows, replace=False)
    return np.sort(np.concatenate([fitted[is_labelled], others]))
