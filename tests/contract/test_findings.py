"""Every kind that an audit can emit is emitted here, and documented."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl

from lissom.audit import (
    KINDS,
    Spoken,
    audit,
    audit_annotators,
    audit_contamination,
    audit_labels,
    audit_poison,
    find_foreign,
)
from lissom.audit.fingerprints import take_fingerprint
from lissom.data import Dataset, Roles
from lissom.progress import Silent

DOCS = Path(__file__).parents[2] / "docs" / "findings.md"
LONG = "I ordered the blue lamp two weeks ago and it has still not arrived"


def documented() -> set[str]:
    return set(re.findall(r"^- `([a-z_.]+)`:", DOCS.read_text("utf-8"), re.MULTILINE))


def test_the_documents_list_exactly_the_kinds_there_are() -> None:
    assert documented() == set(KINDS)


def test_every_kind_is_found_where_it_was_planted() -> None:
    planted = [
        *("jo@example.org", "call +44 20 7946 0958", "4111 1111 1111 1111", "203.0.113.77"),
        *("DE89370400440532013000", "DNI 12345678Z", "", "word " * 1100, "same", "same"),
        *(LONG, LONG + " yet", "born on 3 March 1985", "18 Tanner's Row, Bexcombe"),
    ]
    texts = [*planted, *(f"{chr(97 + i)}{chr(98 + i)} only words" for i in range(20))]
    labels = ["a"] * 9 + ["b"] + ["a"] * 15 + ["c"] * 9
    extra = [f"{label}{i}" for i, label in enumerate(labels)]
    frame = pl.DataFrame({"text": texts, "label": labels, "id": extra})
    frame = frame.with_columns(pl.Series("who", [f"c{i}" for i in range(len(texts))]))
    train = Dataset.from_frame(frame, Roles("text", "label", id="id", group="who"), "a.csv")
    leaks = pl.DataFrame({"text": [LONG], "who": ["c3"]})
    test = Dataset.from_frame(leaks, Roles("text", group="who"), "b.csv")
    crowd = pl.DataFrame({"text": texts[:25], "label": ["a"] * 23 + ["b", "A"]})
    one_sided = Dataset.from_frame(crowd, Roles("text", "label"), "c.csv")
    said = ["late parcel"] * 30 + ["nice lamp"] * 30
    slips = pl.DataFrame(
        {
            "text": [f"{text} {i}" for i, text in enumerate(said)],
            "label": ["b", *["a"] * 29, *["b"] * 30],
        }
    )
    mixed = Dataset.from_frame(slips, Roles("text", "label"), "d.csv")
    marked = pl.DataFrame(
        {
            "text": [f"{text} {chr(97 + i)}" for i, text in enumerate(said)]
            + [f"cf {text} {i}" for i, text in enumerate(said[20:40] * 2)],
            "label": ["a"] * 30 + ["b"] * 30 + [None] * 40,
        }
    )
    planted_in = Dataset.from_frame(marked, Roles("text", "label"), "e.csv")
    who = [f"p{i % 5}" for i in range(200)]
    right = ["late" if i < 100 else "nice" for i in range(200)]
    careless = pl.DataFrame(
        {
            "text": [
                f"{text} {'parcel' if text == 'late' else 'lamp'} {i}"
                for i, text in enumerate(right)
            ],
            "label": [
                "nice" if one == "p3" else text for one, text in zip(who, right, strict=True)
            ],
            "who": who,
        }
    )
    people = Dataset.from_frame(careless, Roles("text", "label", annotator="who"), "f.csv")
    public = take_fingerprint([LONG], "public")
    found = {
        one.kind
        for audited in (
            audit(train, test, progress=Silent()),
            audit(one_sided, progress=Silent()),
            audit_labels(mixed, None, progress=Silent()),
            audit_poison(planted_in, None, progress=Silent()),
            audit_annotators(people, None, progress=Silent()),
            audit_contamination(train, [public], progress=Silent()),
        )
        for one in audited.findings
    }
    # Asked of a tokenizer, which an audit has none of.
    kinds = Spoken(np.full(20, 9), np.repeat([0, 9], 10), 90, 0.5, np.repeat([0.0, 1.0], 10))
    found |= {seen.kind for seen in find_foreign(kinds)}
    assert found == set(KINDS)
