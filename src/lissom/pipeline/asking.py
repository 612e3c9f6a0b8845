"""What to label next: the rows whose labels teach most, some at random, and what they would bring.

The rows to examine with are the first free ones in an order that depends on nothing but the seed
and the texts, and the first tenth of that order is kept free of rows that are chosen to be learned
from. So they stay a fair sample of the table, however many rounds there are.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lissom.data import folds as cut_folds
from lissom.data import label_column, read
from lissom.data.filled import EXAMINE, LEARN
from lissom.errors import NothingToLabelError
from lissom.learn import (
    UNKNOWN,
    Choosing,
    Ground,
    Known,
    Pool,
    choose_rows,
    find_nearest,
    form_opinion,
    hold_out,
    sharpen,
)
from lissom.pipeline.ask import Asked, Proposed
from lissom.pipeline.bringing import FEWEST_HELD, measure_bringing
from lissom.pipeline.declared import describe, find_other, say_classes
from lissom.pipeline.encoding import Desk, open_encoder, read_vectors
from lissom.pipeline.places import find_places
from lissom.pipeline.rows import put_labels, tell_reading
from lissom.pipeline.sheet import open_sheet
from lissom.pipeline.store import Store
from lissom.pipeline.table import set_table
from lissom.progress import Silent
from lissom.runtime import count_cores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.learn import Opinion
    from lissom.pipeline.ask import Ask
    from lissom.pipeline.bringing import Bringing
    from lissom.pipeline.places import Places
    from lissom.pipeline.sheet import Sheet
    from lissom.pipeline.table import Table
    from lissom.progress import Progress

RESERVED = 0.1
"""Part of the rows, at random, that is kept for the examination as long as there are others."""


def next_rows(
    ask: Ask, *, progress: Progress | None = None, places: Places | None = None
) -> Proposed:
    """Choose rows for a person to label, and write them down.

    Args:
        ask: what is asked for.
        progress: hears how far it is; None for nobody.
        places: folders for the cache; None for the user's own.

    Raises:
        NothingToLabelError: every row has a label or is a near copy of one that has.
        LissomError: bad input, a base that cannot be used, a file in the way.
    """
    places, order = places or find_places(), ask.order
    desk = Desk(
        order,
        places,
        Store(places.cache, fresh=order.fresh),
        progress or Silent(),
        time.perf_counter,
        datetime.now(UTC),
        order.threads or count_cores(),
    )
    desk.stage("read")
    main = read(order.data, order.given)
    tell_reading(main, desk)
    named = put_labels(main.dataset, order.labels, desk)
    sheet, filled = open_sheet(ask.sheet, main.dataset, named, order.labels)
    table = set_table(filled, order.seed, order.recipe)
    if not len(_free(table)):
        column = filled.dataset.roles.label or ""
        raise NothingToLabelError(table.source, len(table.labelled), column)
    known = _read(desk, table)
    desk.stage("choose", f"{len(table.labelled)} labels so far, {len(table.classes)} classes")
    judged = _judge(known, table, order.seed)
    picked = pick_rows(table, known, judged.opinion, ask)
    asked = _ask(table, judged.opinion, picked)
    if sheet is not None:
        sheet.write(main.dataset, asked)
    notes = (*filled.notes[len(named.notes) :], *table.notes, *_tell(asked, ask, sheet))
    for note in notes:
        desk.note(note)
    desk.stage("")
    return Proposed(
        rows=asked,
        sheet=ask.sheet,
        label_column=label_column(main.dataset),
        kept=sheet.kept if sheet is not None else 0,
        labels=len(table.labelled),
        classes=len(table.classes),
        evidence=judged.bringing.evidence,
        curve=judged.bringing.curve,
        notes=(*main.notes, *named.notes, *notes),
        seconds=desk.seconds,
    )


def _read(desk: Desk, table: Table) -> Known:
    encoder = open_encoder(desk, table.texts)
    desk.stage("read texts", f"{len(table.texts)} texts")
    vectors = read_vectors(desk, encoder, table.texts)
    other, _ = find_other(table.classes, None)
    said = say_classes(describe(table.classes, ()), other)
    names = read_vectors(desk, encoder, said) if said else None
    # Choosing goes by meaning alone; the bag of words has no column.
    no_words = sparse.csr_matrix((len(vectors), 0), dtype=np.float32)
    pool = Pool(vectors, no_words, table.targets, len(table.classes), names=names, other=other)
    return Known(pool, find_nearest(vectors, Choosing().neighbours), desk.order.recipe.learn)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """What the labels so far say, and what more would bring."""

    opinion: Opinion
    bringing: Bringing


def _judge(known: Known, table: Table, seed: int) -> _Judged:
    held, folds = None, np.zeros(len(table.texts), np.int64)
    if len(table.labelled) >= FEWEST_HELD and len(table.classes) > 1:
        rows = table.labelled
        cut = cut_folds(table.targets[rows], table.groups[rows], known.how.folds, seed)
        folds[rows] = cut
        held = hold_out(known, folds) if cut.max() > 0 else None
    bringing = measure_bringing(known, held, folds, table, seed)
    return _Judged(form_opinion(known, held), bringing)


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """Rows to ask about, as positions in a table.

    Args:
        taught: those whose labels teach most, the best first.
        examined: those that chance drew.
    """

    taught: NDArray[np.int64]
    examined: NDArray[np.int64]


def pick_rows(table: Table, known: Known, opinion: Opinion, ask: Ask) -> Picked:
    """Pick some rows at random, and the others by what their labels teach.

    Args:
        table: the rows.
        known: the same rows, as the learners see them.
        opinion: what the labels so far make of them.
        ask: how many are wanted, and which part at random.
    """
    is_shared = ask.n > 1 and ask.examine_share > 0
    examined = _draw(table, max(1, round(ask.n * ask.examine_share)) if is_shared else 0)
    how = Choosing()
    doubt = sharpen(opinion.doubt, len(table.labelled), len(table.classes), how)
    free, reserve = _free(table), RESERVED * len(table.ranks)
    taught = np.zeros(0, np.int64)
    # The reserve is touched only when nothing else is left.
    for part in (free[table.ranks[free] >= reserve], free[table.ranks[free] < reserve]):
        labelled = np.concatenate([table.labelled, examined, taught])
        ground = Ground(known.nearest, table.groups, labelled, part)
        wanted = ask.n - len(examined) - len(taught)
        taught = np.concatenate([taught, choose_rows(ground, doubt, wanted, how)])
    return Picked(taught, examined)


def _ask(table: Table, opinion: Opinion, picked: Picked) -> tuple[Asked, ...]:
    """Return the rows, both kinds spread among each other.

    So whoever stops half way has labelled some of both.
    """
    taught, examined = picked.taught, picked.examined
    both = [((i + 0.5) / len(taught), _learn(table, opinion, row)) for i, row in enumerate(taught)]
    both += [((i + 0.5) / len(examined), _examine(table, row)) for i, row in enumerate(examined)]
    return tuple(one for _, one in sorted(both, key=lambda pair: pair[0]))


def _free(table: Table) -> NDArray[np.int64]:
    """Return the rows to ask about: no near copies of a labelled row or one nobody could label."""
    closed = np.unique(table.groups[~table.is_open])
    return np.flatnonzero(table.is_open & ~np.isin(table.groups, closed))


def _draw(table: Table, count: int) -> NDArray[np.int64]:
    """Return the first rows of the chance order that may be asked about, no two near copies."""
    closed: set[int] = set()
    drawn: list[int] = []
    free = _free(table)
    for row in free[np.argsort(table.ranks[free])]:
        if len(drawn) == count:
            break
        if table.groups[row] not in closed:
            closed.add(int(table.groups[row]))
            drawn.append(int(row))
    return np.array(drawn, np.int64)


def _learn(table: Table, opinion: Opinion, row: int) -> Asked:
    guess = int(opinion.guesses[row])
    chance = None if opinion.chances is None else float(opinion.chances[row])
    suggestion = None if guess == UNKNOWN else table.classes[guess]
    return Asked(int(table.numbers[row]), table.texts[row], LEARN, suggestion, chance)


def _examine(table: Table, row: int) -> Asked:
    # No suggestion: who is shown an answer tends to agree, and the figure would come out too good.
    return Asked(int(table.numbers[row]), table.texts[row], EXAMINE, None, None)


def _tell(asked: tuple[Asked, ...], ask: Ask, sheet: Sheet | None) -> tuple[str, ...]:
    notes = []
    if len(asked) < ask.n:
        notes.append(f"{ask.n} rows were wanted; only {len(asked)} are left that are no near copy.")
    if sheet is not None and sheet.kept:
        notes.append(f"{sheet.kept} rows of {sheet.path.name} that were filled in stay on top.")
    if sheet is not None and sheet.left:
        notes.append(f"{sheet.left} rows of {sheet.path.name} that were left empty made way.")
    return tuple(notes)
