"""Labels that disagree, are misspelt or too few, crowd out the rest, or stand in another column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lissom.audit.seen import Seen, plain
from lissom.data.labels import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from lissom.data import Dataset

RARE = 5
"""A class with fewer rows cannot be in every one of five folds."""

_SLIP_RATIO = 10
_MOST_NAMES = 500
_CROWD_SHARE = 0.8
_CROWD_RATIO = 20
_MIN_ROWS = 20
_LEAK_ACCURACY = 0.95
_BASE_MOST = 0.8
_NAMED = 8


def label_column(data: Dataset) -> pl.Series:
    """Return the labels as a column, null where there is none."""
    if data.roles.label is None:
        return pl.Series("label", [None] * len(data), pl.String)
    return data.frame[data.roles.label].replace("", None)


def find_conflicts(data: Dataset, same: NDArray[np.int64]) -> Iterator[Seen]:
    """See equal texts under different labels; the label that fewer of them have scores higher.

    Args:
        data: the rows.
        same: (rows,) rows with one number have one text; -1 where it is blank.
    """
    rows = pl.DataFrame({"text": same, "label": label_column(data)}).with_row_index("row")
    rows = rows.filter(pl.col("label").is_not_null() & (pl.col("text") >= 0))
    by_label = rows.group_by("text", "label").agg(pl.len().alias("agree"))
    mixed = by_label.group_by("text").agg(
        pl.len().alias("labels"),
        pl.col("agree").sum().alias("rows"),
        pl.col("agree").max().alias("most"),
        (pl.col("agree") == pl.col("agree").max()).sum().alias("winners"),
        pl.col("label").sort_by("agree", descending=True).first().alias("winner"),
    )
    hits = (
        rows.join(mixed.filter(pl.col("labels") > 1), on="text")
        .join(by_label, on=["text", "label"])
        .sort("row")
    )
    if not hits.height:
        return
    is_outvoted = (hits["winners"] == 1) & (hits["label"] != hits["winner"])
    suggestions = pl.select(pl.when(is_outvoted).then(hits["winner"]).otherwise(pl.lit("")))
    yield Seen(
        "label.conflict",
        "high",
        "{count} {have} a text that another row has under a different label.",
        hits["row"].to_numpy().astype(np.int64),
        (1 - hits["agree"] / hits["rows"]).to_numpy(),
        "Decide which label is right for each of these texts, and correct the others.",
        np.array(suggestions.to_series().to_list(), np.str_),
    )


def find_misspelt(data: Dataset) -> Iterator[Seen]:
    """See labels that are written almost like one that is at least ten times as frequent.

    Letter case, blanks and underscores alone make no other label, whatever the numbers of rows.
    """
    counts = _count_labels(data)
    slips = _slips(counts)
    if slips:
        yield _of_labels(
            data,
            "label.misspelt",
            dict.fromkeys(slips, 1.0),
            "{count} {have} a label that is probably another one misspelt: "
            + _list(f'"{name}" ({counts[name]}) for "{meant}"' for name, meant in slips.items()),
            "Correct these labels, or keep them if they are meant.",
            slips,
        )


def _slips(counts: Mapping[str, int]) -> dict[str, str]:
    """Return label to the label that it should probably be."""
    if len(counts) > _MOST_NAMES:  # free text in the label column: nothing to compare with
        return {}
    names = sorted(counts, key=lambda name: (-counts[name], name))
    by_letters: dict[str, str] = {}
    found: dict[str, str] = {}
    for name in names:
        twin = by_letters.setdefault(_same_letters(name), name)
        least = RARE if counts[name] == 1 else _SLIP_RATIO * counts[name]
        meant = (
            twin
            if twin != name
            else near_name(name, [one for one in by_letters.values() if counts[one] >= least])
        )
        if meant:
            found[name] = meant
    return found


def _same_letters(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def find_rare(data: Dataset) -> Iterator[Seen]:
    """See classes with fewer than 5 labelled rows that are not another one misspelt."""
    counts = _count_labels(data)
    slips = _slips(counts)
    rare = {
        name: 1 / (1 + n) for name, n in sorted(counts.items()) if n < RARE and name not in slips
    }
    if rare:
        yield _of_labels(
            data,
            "label.rare",
            rare,
            f"{{count}} {{have}} a label with fewer than {RARE} rows: "
            + _list(f'"{name}" ({counts[name]})' for name in rare),
            f"Label at least {RARE} rows of each, or merge them into another label.",
        )


def find_imbalance(data: Dataset) -> Iterator[Seen]:
    """See one label with over 80 % of the rows, or with over 20 times those of another."""
    counts = _count_labels(data).most_common()
    total = sum(count for _, count in counts)
    if total < _MIN_ROWS or len(counts) < 2:  # noqa: PLR2004 - nothing to compare
        return
    (name, most), (_, least) = counts[0], counts[-1]
    if most / total < _CROWD_SHARE and most < _CROWD_RATIO * least:
        return
    yield _of_labels(
        data,
        "label.imbalance",
        {name: most / total},
        f'{{count}} of {total:,} labelled ones {{have}} the label "{plain(name)}"; '
        f"the rarest label has {least:,}.",
        "Judge by macro-F1 rather than accuracy, and label more rows of the rare kinds.",
    )


def _count_labels(data: Dataset) -> Counter[str]:
    counted = label_column(data).drop_nulls().value_counts(name="rows")
    return Counter(dict(counted.iter_rows()))


def _list(names: Iterator[str]) -> str:
    told = list(names)
    more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    return plain(", ".join(told[:_NAMED]) + more) + "."


def _of_labels(
    data: Dataset,
    kind: str,
    scores: dict[str, float],
    title: str,
    advice: str,
    suggestions: dict[str, str] | None = None,
) -> Seen:
    """Return what was seen at all rows of some labels."""
    labels = label_column(data)
    at = np.flatnonzero(labels.is_in(list(scores)).fill_null(value=False).to_numpy())
    names = labels.gather(at).to_list()
    better = [suggestions[name] for name in names] if suggestions else None
    return Seen(
        kind,
        "medium",
        title,
        at.astype(np.int64),
        np.array([scores[name] for name in names]),
        advice,
        np.array(better, np.str_) if better is not None else None,
    )


def find_leaking_columns(data: Dataset) -> Iterator[Seen]:
    """See a column other than the text that gives the label away, by its value or its beginning.

    Each labelled row's label is guessed from the other rows with the same value (or the same
    letters before the first digit or sign). Right for 95 % of all rows, where always guessing the
    commonest label is right for less than 80 %, is a leak. Dates and groups are not looked at:
    a customer who always asks the same thing is no mistake.
    """
    roles = data.roles
    skipped = {roles.text, roles.label, roles.date, roles.group}
    labels = label_column(data)
    at = np.flatnonzero(labels.is_not_null().to_numpy())
    commonest = max(_count_labels(data).values(), default=0)
    if len(at) < _MIN_ROWS or commonest >= _BASE_MOST * len(at):
        return
    for name in data.frame.columns:
        if name in skipped:
            continue
        cells = data.frame[name].gather(at).fill_null("").str.strip_chars().str.to_lowercase()
        starts = cells.str.extract(r"^(\p{L}+)").fill_null("")
        share = max(_told_share(one, labels.gather(at)) for one in (cells, starts))
        if share >= _LEAK_ACCURACY:
            yield Seen(
                "label.leak",
                "medium",
                f'The column "{plain(name)}" gives the label away in {{count}}.',
                at.astype(np.int64),
                np.full(len(at), share),
                "The model reads the text only, so it cannot cheat with this column; "
                "make sure that its contents are not pasted into the text.",
            )


def _told_share(values: pl.Series, labels: pl.Series) -> float:
    """Return the share of rows whose label the other rows with the same value tell.

    A value tells a label that strictly more of the others have than any other label.
    """
    cells = pl.DataFrame({"value": values, "label": labels}).filter(pl.col("value") != "")
    counts = cells.group_by("value", "label").agg(pl.len().alias("own"))
    # The most rows of any other label: the second most where this label has the most.
    ranked = counts.with_columns(
        pl.col("own").max().over("value").alias("most"),
        pl.col("own").top_k(2).min().over("value").alias("second"),
        pl.len().over("value").alias("labels"),
    )
    rival = (
        pl.when(pl.col("labels") == 1)
        .then(0)
        .when(pl.col("own") == pl.col("most"))
        .then(pl.col("second"))
        .otherwise(pl.col("most"))
    )
    told = ranked.filter(pl.col("own") - 1 > rival)["own"].sum()
    return float(told) / max(len(values), 1)
