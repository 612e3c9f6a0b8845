"""The public Python calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lissom.data import Given
from lissom.govern import Gates
from lissom.pipeline.answering import Loaded, load
from lissom.pipeline.ask import Ask, Proposed
from lissom.pipeline.asking import next_rows as run_next_rows
from lissom.pipeline.building import build as run_build
from lissom.pipeline.order import Budget, Built, Declared, Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.data import Source
    from lissom.progress import Progress


def build(  # noqa: PLR0913 - the public call; every argument but the first has a default
    data: Source,
    *,
    out: str | Path | None = None,
    test: Source | None = None,
    unlabelled: Source | None = None,
    labels: Source | None = None,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    date: str | None = None,
    id: str | None = None,  # noqa: A002 - the column's role is called id everywhere
    task: str | None = None,
    none: str | None = None,
    classes: str | Path | Sequence[str] | None = None,
    other: str | None = None,
    licence: str | None = None,
    annotator: str | None = None,
    description: str | Path | None = None,
    policy: str | Path | None = None,
    base: str | None = None,
    teacher: str | None = None,
    seed: int = 0,
    min_accuracy: float | None = None,
    max_mib: float | None = None,
    max_ms: float | None = None,
    max_loss: float | None = None,
    min_throughput: float | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Built:
    """Build a bundle from a table of texts of which some have a label.

    Args:
        data: a path, a folder, an address, or a table (pandas, Polars, Arrow, DuckDB).
        out: the bundle's folder; None makes "<name>-model" here.
        test: rows with labels that nothing may learn from.
        unlabelled: more rows to learn from without labels.
        labels: labels of the data that a person filled in beside it; see `next_rows`.
        text: the column that is read; None to have it guessed.
        label: the column with the answers; an empty cell is unlabelled.
        group: rows that must not be split.
        date: when a row was made.
        id: names a row; never learned from.
        task: "classes" (one in each row) or "labels" (any number, "late|refund"); None to have
            it told from the label cells.
        none: label cell of a row that has none of the labels; None for "-".
        classes: the classes in the words of whoever knows them: a file, a list of names, or names
            with commas between them. Without any label, the model is started from these alone.
        other: the class of whatever fits no other; None to have it known by its name, "" for none.
        licence: the column with each row's licence, as SPDX writes it.
        annotator: the column that says who gave the label; never learned from.
        description: what a person says of the model; None for description.toml beside the data.
        policy: gates that must hold; None for policy.toml beside the data. `decision` says if so.
        base: folder or hub name of another encoder.
        teacher: folder or hub name of an encoder to learn from that does not ship; it has to be on
            this machine already.
        seed: every random choice follows from it.
        min_accuracy: a gate; `story.verdict.failed_gates` says if it failed.
        max_mib: most MiB that the files which answer may take.
        max_ms: most milliseconds that 19 of 20 single texts may wait.
        max_loss: most points of accuracy that shrinking may be expected to cost.
        min_throughput: fewest texts per second.
        threads: cores to use; None for all.
        progress: hears how far it is.

    Returns:
        Where the bundle is, and everything that was measured.

    Raises:
        LissomError: bad input, an impossible budget, a base that cannot be used.
    """
    order = Order(
        data,
        out=Path(out) if out is not None else None,
        test=test,
        unlabelled=unlabelled,
        labels=labels,
        given=Given(text, label, date, group, id, licence, annotator),
        declared=Declared(classes, other),
        task=task,
        none=none,
        description=Path(description) if description is not None else None,
        policy=Path(policy) if policy is not None else None,
        base=base,
        teacher=teacher,
        seed=seed,
        gates=Gates(min_accuracy=min_accuracy),
        budget=Budget(max_mib, max_ms, max_loss, min_throughput),
        threads=threads,
    )
    return run_build(order, progress=progress)


def next_rows(  # noqa: PLR0913 - the public call; every argument but the first has a default
    data: Source,
    *,
    n: int = 20,
    out: str | Path | None = None,
    labels: Source | None = None,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    date: str | None = None,
    id: str | None = None,  # noqa: A002 - the column's role is called id everywhere
    base: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Proposed:
    """Choose the rows whose labels would help most, and say what more labels would bring.

    Args:
        data: a path, a folder, an address, or a table, with few labels or none.
        n: rows wanted; most teach, a fifth are drawn at random to examine with.
        out: a CSV to fill in; None writes none. What was filled in there already counts as labels
            and stays.
        labels: labels of the data that a person filled in beside it.
        text: the column that is read; None to have it guessed.
        label: the column with the answers; an empty cell is unlabelled.
        group: rows that must not be split.
        date: when a row was made.
        id: names a row.
        base: folder or hub name of another encoder.
        seed: every random choice follows from it; keep it from round to round.
        threads: cores to use; None for all.
        progress: hears how far it is.

    Returns:
        The rows, and accuracy with the labels so far and with twice as many.

    Raises:
        NothingToLabelError: there is no row left to ask about.
        LissomError: bad input, a base that cannot be used, a file in the way.
    """
    order = Order(
        data,
        labels=labels,
        given=Given(text, label, date, group, id),
        base=base,
        seed=seed,
        threads=threads,
    )
    return run_next_rows(Ask(order, n, Path(out) if out is not None else None), progress=progress)


__all__ = ["Built", "Loaded", "Proposed", "build", "load", "next_rows"]
