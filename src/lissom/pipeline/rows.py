"""From what was read to rows that can be learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from lissom.data import (
    Described,
    Filled,
    Given,
    fill_in,
    holdout,
    near_groups,
    read,
    read_classes,
    read_labels,
)
from lissom.errors import NoLabelsError, OutputNotBuiltError
from lissom.learn import MOST_APART, UNKNOWN, how_many
from lissom.pipeline.declared import (
    describe,
    find_other,
    refuse_list,
    unlisted,
    without_strange_labels,
)
from lissom.pipeline.label_cells import find_kind, set_rare_apart, tidy
from lissom.pipeline.store import fingerprint
from lissom.tasks import Classes, Labels, Ranking, TextClassification, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.data import Dataset
    from lissom.data.read import Reading, Source
    from lissom.learn import Learning
    from lissom.pipeline.order import Order
    from lissom.progress import Progress
    from lissom.tasks import Output, Task


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What the user handed in, read.

    Args:
        train: the main rows, labelled and not.
        test: rows that nothing learns from, or None.
        more: further texts without labels.
        notes: sentences for a person.
        set_aside: rows that could not be used.
        task: what a label cell means.
        chosen: positions of main rows that were labelled because they teach most: no fair sample.
        listed: the classes that the user listed.
    """

    train: Dataset
    test: Dataset | None
    more: tuple[str, ...]
    notes: tuple[str, ...]
    set_aside: int
    task: Task = TextClassification()  # noqa: RUF009 - it holds nothing that could be changed
    chosen: frozenset[int] = frozenset()
    listed: tuple[Described, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows ready to be learned from.

    Args:
        texts: the texts, none blank.
        targets: (rows,) numbers of answers, `UNKNOWN` where unlabelled. Where a row has one class
            these are class numbers; where it has labels, the numbers of its set in `sets`.
        groups: (rows,) rows with one number stay together.
        lines: (rows,) position in the main dataset, -1 for further texts.
        is_kept_apart: (rows,) nothing is fitted on these; the certificate is measured on them.
        classes: names of the classes or labels, in the order of the scores.
        notes: sentences for a person.
        output: what a net must give out.
        sets: (answers, classes) 1 where an answer that occurs holds a class, else 0.
        kind: the task, as the manifest names it.
        described: the classes with what is said of them, in the same order.
        other: number of the class that holds whatever fits no other, or None.
    """

    texts: list[str]
    targets: NDArray[np.int64]
    groups: NDArray[np.int64]
    lines: NDArray[np.int64]
    is_kept_apart: NDArray[np.bool_]
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    output: Output
    sets: NDArray[np.float32]
    kind: str
    described: tuple[Described, ...] = ()
    other: int | None = None

    @property
    def fingerprint(self) -> str:
        """Return what decides every later stage."""
        return fingerprint(
            self.texts,
            self.targets.tolist(),
            self.groups.tolist(),
            self.is_kept_apart.tolist(),
            self.classes,
            [np.flatnonzero(row).tolist() for row in self.sets],
            self.described,
            self.other,
        )


def read_inputs(order: Order, progress: Progress) -> Inputs:
    """Read all that the order names, and tell what was guessed."""
    wanted = order.declared.classes
    listed = read_classes(wanted) if wanted is not None else ()
    main = read(order.data, order.given, needs_label=order.labels is None and not listed)
    if listed and order.given.label is None:
        main = without_strange_labels(main, listed)
    tell_reading(main, progress)
    filled = put_labels(main.dataset, order.labels, progress)
    task, told = find_kind(order, filled.dataset.labels)
    for note in told:
        progress.note(note)
    refuse_list(listed, task)
    roles = filled.dataset.roles
    same = Given(roles.text, roles.label, roles.date, roles.group, None)
    notes, set_aside = [*main.notes, *filled.notes, *told], len(main.set_aside)
    test = None
    if order.test is not None:
        # Rows without labels may be text alone; the test file then has a label column of its own.
        named = Given(text=roles.text, label=roles.label or order.given.label)
        found = read(order.test, named, needs_label=True)
        tell_reading(found, progress)
        notes += found.notes
        set_aside += len(found.set_aside)
        test = tidy(found.dataset, task).labelled()
        if not len(test):
            raise NoLabelsError(found.dataset.source, same.label or "label")
    more: tuple[str, ...] = ()
    if order.unlabelled is not None:
        found = read(order.unlabelled, Given(text=_text_of(order)))
        tell_reading(found, progress)
        more = tuple(found.dataset.texts)
        set_aside += len(found.set_aside)
    train = tidy(filled.dataset, task)
    return Inputs(train, test, more, tuple(notes), set_aside, task, filled.chosen, listed)


def _text_of(order: Order) -> str | None:
    # Another file may name its text otherwise; only a name that the user gave is carried over.
    return order.given.text


def put_labels(data: Dataset, labels: Source | None, progress: Progress) -> Filled:
    """Put the labels of a labels file into its table, and tell what became of them."""
    if labels is None:
        return Filled(data, frozenset(), frozenset(), ())
    filled = fill_in(data, read_labels(labels, data))
    for note in filled.notes:
        progress.note(note)
    return filled


def tell_reading(reading: Reading, progress: Progress) -> None:
    """Tell which columns play which part, and what was set aside."""
    data, roles = reading.dataset, reading.roles
    named = [
        f"{role} = {column}"
        for role in ("text", "label", "date", "group", "id", "licence", "annotator")
        if (column := getattr(roles, role)) is not None
    ]
    progress.note(f"{data.source}: {len(data)} rows; {', '.join(named)}")
    for note in reading.notes:
        progress.note(note)
    for one in reading.set_aside[:5]:
        progress.note(f"Set aside: {one}")
    if len(reading.set_aside) > 5:  # noqa: PLR2004 - the first five are named
        progress.note(f"Set aside: {len(reading.set_aside)} rows in all")


def prepare(inputs: Inputs, order: Order) -> Rows:
    """Choose the rows, number the classes, find what belongs together, keep some rows apart.

    Raises:
        NoLabelsError: no row has a label, and no list names the classes.
        NoSuchClassError: the catch-all that the user named is no class.
        TooFewClassesError: all labels are the same.
    """
    train, task = inputs.train, inputs.task
    cells = list(train.labels)
    names = [one.name for one in inputs.listed]
    notes = [] if order.keep_rare_labels else set_rare_apart(cells, task, names)
    texts = [*train.texts, *inputs.more]
    cells += [None] * len(inputs.more)
    labels = [cell for cell in cells if cell]
    notes += unlisted(labels, inputs.listed)
    if not labels and not names:
        raise NoLabelsError(train.source, train.roles.label or "label")
    output = task.read_output([*labels, *names])
    classes, answers = _names_and_answers(output, labels)
    other, told = find_other(classes, order.declared.other)
    notes += [told] if told else []
    at = {answer: number for number, answer in enumerate(answers)}
    targets = np.array([at[cell] if cell else UNKNOWN for cell in cells], np.int64)
    usable = np.array([bool(text.strip()) for text in texts], np.bool_)
    chosen = _draw_pool(texts, targets, usable, order)
    chosen_texts = [texts[i] for i in chosen]
    user_groups = [*train.groups, *([None] * len(inputs.more))]
    groups = near_groups(chosen_texts, [user_groups[i] for i in chosen])
    lines = np.where(chosen < len(train), chosen, -1)
    left = int(usable.sum()) - len(chosen)
    if left:
        notes.append(_tell_left(left, len(chosen) - len(labels), order.recipe.learn))
    apart = _keep_apart(targets[chosen], groups, order)
    return Rows(
        chosen_texts,
        targets[chosen],
        groups,
        lines,
        apart,
        classes,
        tuple(notes),
        output,
        task.encode(answers, output),
        task.kind,
        describe(classes, inputs.listed),
        other,
    )


def _names_and_answers(
    output: Output, cells: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the scores stand for, and every answer that occurs."""
    match output:
        case Classes(names):
            return names, names
        case Labels(names):
            return names, tuple(sorted(set(cells)))
        case Ranking() | Tokens():
            raise OutputNotBuiltError(type(output).__name__)
        case _:
            assert_never(output)


def _draw_pool(
    texts: Sequence[str], targets: NDArray[np.int64], usable: NDArray[np.bool_], order: Order
) -> NDArray[np.int64]:
    labelled = np.flatnonzero(usable & (targets != UNKNOWN))
    others = np.flatnonzero(usable & (targets == UNKNOWN))
    recipe = order.recipe
    rng, most = np.random.default_rng([order.seed, 1]), min(len(others), recipe.learn.max_pool)
    drawn = rng.choice(others, most, replace=False)
    kept = how_many([texts[i] for i in drawn], most, recipe.shapes)
    return np.sort(np.concatenate([labelled, drawn[:kept]]))


def _tell_left(left: int, read: int, how: Learning) -> str:
    if read >= how.max_pool:
        return (
            f"{left} unlabelled rows were left out; learning stops at {how.max_pool} "
            "(max_pool in the recipe)."
        )
    return (
        f"{left} unlabelled rows were left out: the texts are long, and {read} of them fill the "
        "time. A longer --time reads more (max_characters in the recipe)."
    )


def _keep_apart(
    targets: NDArray[np.int64], groups: NDArray[np.int64], order: Order
) -> NDArray[np.bool_]:
    """Choose unlabelled rows, whole groups of them, that share no group with a labelled row."""
    free = (targets == UNKNOWN) & ~np.isin(groups, groups[targets != UNKNOWN])
    apart = np.zeros(len(targets), np.bool_)
    rows = np.flatnonzero(free)
    if len(rows):
        share = min(order.recipe.learn.certify_share, MOST_APART / len(rows))
        apart[rows] = holdout(groups[rows], share, order.seed)
    return apart
