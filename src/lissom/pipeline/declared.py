"""What the user says of the classes, beside what the labels say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.data import Described
from lissom.data.labels import near_name
from lissom.errors import ClassListError, NamesSayNothingError, NoSuchClassError
from lissom.tasks import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lissom.data import Reading
    from lissom.tasks import Task

OTHERS = (
    *("other", "others", "misc", "miscellaneous", "none", "none of the above", "none of these"),
    *("everything else", "something else", "anything else", "out of scope", "oos", "no intent"),
    *("sonstige", "sonstiges", "andere", "anderes", "keine", "keines"),
    *("otro", "otra", "otros", "otras", "ninguno", "ninguna", "autre", "autres", "aucun"),
)
"""Names of a class that holds whatever fits no other, the likeliest first."""

_BREAKS = re.compile(r"[\W_]+")
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = 3
_MOST_SAY = 0.9
_NAMED = 5


def say_name(name: str) -> str:
    """Return the words that a class's name is made of.

    >>> say_name("card_not_working"), say_name("AddToPlaylist")
    ('card not working', 'Add To Playlist')
    """
    return _BREAKS.sub(" ", _JOINED.sub(" ", name)).strip()


def find_other(classes: Sequence[str], wanted: str | None) -> tuple[int | None, str]:
    """Find the class that holds whatever fits no other.

    Args:
        classes: the names.
        wanted: the name that the user gave; None to have it recognised, "" when there is none.

    Returns:
        Its number or None, and a sentence for a person, "" when there is nothing to say.

    Raises:
        NoSuchClassError: the given name is not among the classes.

    >>> find_other(("late parcel", "Other", "refund"), None)[0], find_other(("a", "b"), None)
    (1, (None, ''))
    """
    if wanted is not None:
        if wanted and wanted not in classes:
            raise NoSuchClassError(wanted, classes)
        return (classes.index(wanted), "") if wanted else (None, "")
    plain = [say_name(name).casefold() for name in classes]
    found = sorted((OTHERS.index(name), at) for at, name in enumerate(plain) if name in OTHERS)
    if not found:
        return None, ""
    name = classes[found[0][1]]
    return found[0][1], (
        f'"{name}" is taken for the class of whatever fits no other: its name says nothing about '
        "its texts, and it is learned from its labelled rows only. If it is a class like any "
        'other, pass --other "".'
    )


def describe(classes: Sequence[str], listed: Sequence[Described]) -> tuple[Described, ...]:
    """Return every class with what is said of it, in the order of `classes`."""
    said = {one.name: one for one in listed}
    return tuple(said.get(name, Described(name)) for name in classes)


def unlisted(labels: Sequence[str], listed: Sequence[Described]) -> list[str]:
    """Return notes on labels in the rows that the list of classes does not name."""
    names = [one.name for one in listed]
    new = sorted(set(labels) - set(names))
    if not names or not new:
        return []
    near = [(name, found) for name in new if (found := near_name(name, names))]
    slips = [
        f'The label "{name}" is not in the list of classes. Did you mean "{found}"?'
        for name, found in near[:_NAMED]
    ]
    named = ", ".join(f'"{name}"' for name in new[:_NAMED])
    more = f" and {len(new) - _NAMED} more" if len(new) > _NAMED else ""
    return [*slips, f"Labels that the list of classes lacks were kept as classes: {named}{more}."]


def refuse_list(listed: Sequence[Described], task: Task) -> None:
    """Refuse a list of classes where a row may have any number of labels.

    Raises:
        ClassListError: it is so.
    """
    if listed and len(task.names_in(f"a{SEPARATOR}b")) > 1:
        why = "it lists classes, of which each row has one, and these rows have labels (a|b)"
        raise ClassListError("--classes", why)


def without_strange_labels(reading: Reading, listed: Sequence[Described]) -> Reading:
    """Take back a guessed label column of which hardly a cell is a listed class."""
    names = {one.name for one in listed}
    cells = [label for label in reading.dataset.labels if label]
    if reading.roles.label is None or sum(cell in names for cell in cells) * 2 >= len(cells) > 0:
        return reading
    column = reading.roles.label
    roles = replace(reading.roles, label=None)
    kept = tuple(note for note in reading.notes if 'label "' not in note)
    told = (
        f'The column "{column}" was not taken for the label: its cells are not in the list of '
        f"classes. If they are labels all the same, pass --label {column}."
    )
    notes = (*kept, told) if cells else kept
    return replace(reading, dataset=replace(reading.dataset, roles=roles), roles=roles, notes=notes)


def say_classes(described: Sequence[Described], other: int | None) -> list[str]:
    """Return one text for each class, as a person would say it.

    Args:
        described: the classes, in order.
        other: the class whose name says nothing.

    Returns:
        The names as words, each with its description; none at all where they say nothing ("0",
        "1") and nobody described them. One short name among many ("no") is harmless.

    >>> say_classes([Described("card_lost", "stolen, too"), Described("top_up")], None)
    ['card lost: stolen, too', 'top up']
    """
    said = [": ".join([say_name(one.name), *_more(one)[:1]]) for one in described]
    has_word = [len(_LETTERS.findall(text)) >= _WORD for at, text in enumerate(said) if at != other]
    return said if sum(has_word) >= _MOST_SAY * len(has_word) else []


def said_names(classes: Sequence[str]) -> list[str]:
    """Return one text for each class of which nothing but the name is known; see `say_classes`."""
    return say_classes(describe(classes, ()), None)


def name_places(
    described: Sequence[Described], embed: Callable[[list[str]], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return a place among the texts for each class, from its name and what is said of it.

    Args:
        described: the classes, in order.
        embed: texts to vectors of length 1.

    Returns:
        (classes, dimensions) of length 1, the mean over name, description and examples.
    """
    parts = [[say_name(one.name), *_more(one)] for one in described]
    vectors = embed([part for some in parts for part in some])
    owners = np.repeat(np.arange(len(parts)), [len(some) for some in parts])
    places = [vectors[owners == at] for at in range(len(parts))]
    return np.stack([rows[0] if len(rows) == 1 else _middle(rows) for rows in places])


def _more(one: Described) -> list[str]:
    return [*([one.description] if one.description else []), *one.examples]


def _middle(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = rows.mean(axis=0)
    middle: NDArray[np.float32] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return middle


def need_names(places: NDArray[np.float32] | None, classes: Sequence[str]) -> None:
    """Refuse a start from names that say nothing.

    Raises:
        NamesSayNothingError: no class has a place.
    """
    if places is None:
        raise NamesSayNothingError(classes)
