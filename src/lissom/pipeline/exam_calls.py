"""The public Python calls of the examination."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lissom.data import Given
from lissom.errors import ExamFileError
from lissom.pipeline.comparing import Pairing, compare
from lissom.pipeline.exam_file import Policy, default_policy, read_policy
from lissom.pipeline.examining import Request, Scope, examine
from lissom.pipeline.targets.callables import open_callable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.data import Source
    from lissom.evidence import Exam
    from lissom.pipeline.comparing import Compared
    from lissom.progress import Progress


def examine_model(  # noqa: PLR0913 - the public call; every argument but two has a default
    model: Any,  # noqa: ANN401 - anything that answers
    data: Source,
    *,
    outside: Source | None = None,
    train: Source | None = None,
    parent: Any = None,  # noqa: ANN401 - likewise
    policy: str | Path | None = None,
    only: Sequence[str] = (),
    groups: Sequence[str] = (),
    text: str | None = None,
    label: str | None = None,
    date: str | None = None,
    classes: Sequence[str] = (),
    quick: bool = False,
    minutes: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Exam:
    """Examine a model: anything that answers a list of texts.

    Args:
        model: a live scikit-learn estimator or any function over a list of texts; or a path or
            address, as `lissom examine` takes it.
        data: labelled rows that it has not learned from: a path, or a table in memory.
        outside: texts that belong to no class.
        train: rows that it learned from.
        parent: the larger model that it was made from.
        policy: path of an exam.toml.
        only: parts, such as "task" and "groups"; () for all.
        groups: columns to group by; () for those that look like groups.
        text: the column that is read; None to have it guessed.
        label: the column with the true answers.
        date: the column that says when a row was made.
        classes: names of the columns where the model returns a plain array of probabilities.
        quick: ask fewer texts in the dear parts.
        minutes: stop asking after so many minutes.
        seed: every random choice follows from it.
        progress: hears how far it is.

    Returns:
        Every part with its figures, its verdict and rows to read; `save_exam` writes the page.

    Raises:
        LissomError: the model does not answer, or the rows cannot be used.
    """
    target = model if isinstance(model, str | Path) else open_callable(model, classes=classes)
    request = Request(
        target,
        data,
        outside,
        train,
        parent,
        Given(text=text, label=label, date=date),
        load_policy(Path(policy) if policy else None, tuple(groups)),
        Scope(only=tuple(only), quick=quick, minutes=minutes, seed=seed),
    )
    return examine(request, progress=progress)


def compare_models(
    first: Any,  # noqa: ANN401 - anything that answers
    second: Any,  # noqa: ANN401 - likewise
    data: Source,
    *,
    groups: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> Compared:
    """Say which of two models is better on labelled rows, where, and whether the data can tell.

    Args:
        first: as for `examine_model`.
        second: likewise.
        data: labelled rows that neither has learned from.
        groups: columns to group by; () for those that look like groups.
        seed: every random choice follows from it.
        progress: hears how far it is.

    Raises:
        LissomError: a model does not answer, or the rows cannot be used.
    """
    pairing = Pairing(first, second, data, columns=tuple(groups), scope=Scope(seed=seed))
    return compare(pairing, progress=progress)


def load_policy(path: Path | None, columns: tuple[str, ...] = ()) -> Policy:
    """Read an exam.toml, or return what holds without one.

    Args:
        path: of the file; None for the default.
        columns: columns to group by, which win over those in the file.

    Raises:
        ExamFileError: there is no such file, or it says something we don't know.
    """
    policy = default_policy()
    if path is not None:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ExamFileError(str(path), f"it cannot be read ({error.strerror})") from error
        policy = read_policy(raw, path.name)
    if columns:
        policy = replace(policy, settings=replace(policy.settings, columns=columns))
    return policy
