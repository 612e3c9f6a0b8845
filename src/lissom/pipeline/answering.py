"""Answering with a finished bundle; needs nothing that building needs."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lissom.bundle import open_bundle
from lissom.data import stream, write_rows
from lissom.errors import ColumnTakenError
from lissom.pipeline.places import find_places, find_today
from lissom.pipeline.release import check_policy, check_released
from lissom.pipeline.results import Predicted, Prediction, Why
from lissom.progress import Silent
from lissom.runtime import find_reasons, load_model, say_why
from lissom.tasks import Labels, find_task, names_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.bundle import Bundle
    from lissom.data import Source
    from lissom.progress import Progress
    from lissom.runtime import Answers, Model
    from lissom.tasks import Output

COLUMNS = ("predicted_label", "probability", "unsure")
"""What `predict` adds to a file, in this order; "predicted_labels" where a text has any number."""

WHY = "why"
"""The column of the words that decided, added on request."""

PROBABILITY = "probability_"
"""Before the name of a class in the columns that are added on request."""


def columns_for(output: Output) -> tuple[str, ...]:
    """Return the columns that are added to a table of texts.

    >>> columns_for(find_task("text-classification").read_output(["a", "b"]))
    ('predicted_label', 'probability', 'unsure')
    """
    return (f"{COLUMNS[0]}s", *COLUMNS[1:]) if isinstance(output, Labels) else COLUMNS


class Loaded:
    """A model that answers; made by `load`.

    Safe to use from several threads.
    """

    def __init__(self, name: str, kind: str, model: Model) -> None:
        """Remember the model and what its answers mean."""
        self.name = name
        self._task = find_task(kind)
        self._model = model
        self.output = model.settings.output
        # The tokenizer is shared; its own threads make one caller at a time as fast as many.
        self._lock = threading.Lock()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return every answer that the model can give."""
        return self._model.settings.classes

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that `predict` adds to a file."""
        return columns_for(self.output)

    def predict(
        self, texts: Sequence[str], *, probabilities: bool = False, why: bool = False
    ) -> list[Prediction]:
        """Answer each text; an answer does not depend on the other texts.

        Args:
            texts: any number, blank ones included.
            probabilities: give the probability of every class or label, too.
            why: tell what each word did for the answer; asks up to 50 times as often.
        """
        answers = self.answer(texts)
        cells = self._task.decode(answers.probabilities, self.output)
        chances = self._task.confidence(answers.probabilities, self.output)
        names = self.labels
        rows = answers.probabilities.tolist() if probabilities else [None] * len(cells)
        whys = self._find_reasons(texts) if why else [None] * len(cells)
        return [
            Prediction(
                cell,
                float(chance),
                bool(unsure),
                "lexical" if fast else "encoder",
                names_given(cell, self.output),
                None if row is None else dict(zip(names, row, strict=True)),
                reasons,
            )
            for cell, chance, unsure, fast, row, reasons in zip(
                cells, chances, answers.is_unsure, answers.is_lexical, rows, whys, strict=True
            )
        ]

    def _find_reasons(self, texts: Sequence[str]) -> list[Why]:
        found = find_reasons(lambda asked: self.answer(asked).probabilities, texts)
        return [
            Why(self.labels[answer], say_why(reasons), tuple(reasons)) for answer, reasons in found
        ]

    def answer(self, texts: Sequence[str]) -> Answers:
        """Return probabilities for every label, and what is unsure."""
        if not texts:
            return self._empty()
        with self._lock:
            return self._model.answer(list(texts))

    def _empty(self) -> Answers:
        answers = self._model.answer([""])
        none = np.zeros(0, np.bool_)
        return type(answers)(answers.probabilities[:0], none, none)


def load(
    bundle: str | Path,
    *,
    trust: bool = True,
    threads: int | None = None,
    released: bool = False,
    policy: str | Path | None = None,
) -> Loaded:
    """Open a bundle and make it answer.

    Args:
        bundle: its folder.
        trust: refuse a bundle that none of your trusted keys has signed.
        threads: texts read at a time; None for one per core.
        released: refuse a bundle whose own decision says that it may not be released.
        policy: a policy.toml of your own whose gates must hold, too.

    Raises:
        BundleError: it was changed, is not trusted, or is not a bundle.
        NotReleasedError: a gate does not hold.
        PolicyFileError: the policy means nothing.
    """
    opened = _open(Path(bundle), trust=trust)
    if released:
        check_released(opened)
    if policy is not None:
        check_policy(opened, Path(policy), find_today())
    model = load_model(opened, threads=threads)
    return Loaded(Path(bundle).resolve().name, opened.manifest.task, model)


def _open(bundle: Path, *, trust: bool) -> Bundle:
    return open_bundle(bundle, trust=find_places().whom_to_trust(find_today()) if trust else None)


def predict(  # noqa: PLR0913 - the public call; what may be left out has a default
    bundle: Path,
    source: Source,
    out: Path | None,
    *,
    text: str | None = None,
    probabilities: bool = False,
    why: bool = False,
    trust: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Predicted:
    """Answer a file of any size in constant memory: one row out for each row in, in order.

    Args:
        bundle: the bundle's folder.
        source: a file, a folder, an address, or a table.
        out: where to; the ending says the format; None writes CSV to standard output.
        text: the column to read; None to have it guessed.
        probabilities: add a column with the probability of every class or label, too.
        why: add a column with the words that decided; asks up to 50 times as often.
        trust: refuse a bundle that none of your trusted keys has signed.
        threads: texts read at a time.
        progress: hears how many rows are done.

    Raises:
        BundleError: the bundle cannot be used.
        DataError: the source cannot be read, or has a column that `predict` would add.
    """
    told = progress or Silent()
    start = time.perf_counter()
    model = load(bundle, trust=trust, threads=threads)
    rows = unsure = blank = 0
    told.stage("predict", str(source))
    with ExitStack() as stack:
        batches = stack.enter_context(stream(source, text))
        names = [f"{PROBABILITY}{name}" for name in model.labels] if probabilities else []
        names += [WHY] if why else []
        taken = [name for name in (*model.columns, *names) if name in batches.columns]
        if taken:
            raise ColumnTakenError(batches.source, taken[0])
        writer = stack.enter_context(write_rows(out or "-"))
        for batch in batches:
            texts = batch[batches.text].fill_null("").to_list()
            found = model.predict(texts, probabilities=probabilities, why=why)
            writer.append(_with_answers(batch, found, model.columns))
            rows += len(found)
            unsure += sum(one.unsure for one in found)
            blank += sum(not one.strip() for one in texts)
            told.step(rows, 0)
        for one in batches.mended.first[:5]:
            told.note(f"Mended: {one}")
        if batches.mended.count:
            told.note(f"{batches.mended.count} rows were not sound; all have an answer.")
    return Predicted(rows, unsure, blank, out, time.perf_counter() - start)


def _with_answers(
    batch: pl.DataFrame, found: Sequence[Prediction], columns: tuple[str, ...]
) -> pl.DataFrame:
    answered = batch.with_columns(
        pl.Series(columns[0], [one.label for one in found], pl.String),
        pl.Series(columns[1], [round(one.probability, 6) for one in found], pl.Float64),
        pl.Series(columns[2], [one.unsure for one in found], pl.Boolean),
    )
    whys = [one.why.sentence for one in found if one.why is not None]
    if whys:
        answered = answered.with_columns(pl.Series(WHY, whys, pl.String))
    told = [one.probabilities for one in found if one.probabilities is not None]
    names = told[0] if told else ()
    return answered.with_columns(
        pl.Series(f"{PROBABILITY}{name}", [round(row[name], 6) for row in told], pl.Float64)
        for name in names
    )
