"""Rows in a language that the base does not speak."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.audit.languages import FEWEST_WORDS, find_foreign, hear, plain_words
from lissom.data.read import read
from lissom.data.samples import write_sample
from lissom.nets import find_base
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lissom.audit.languages import Spoken

OWN = ("the", "parcel", "is", "late", "again", "and", "my", "money", "back", "please", "where")
STRANGE = ("wo", "bleibt", "mein", "paket", "und", "wann", "kommt", "das", "geld", "endlich")


class Knows:
    """A tokenizer that knows the words of one language whole and breaks every other in three."""

    def __init__(self, *, unknown: bool = False) -> None:
        self._unknown = unknown

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [[1, *(i for word in text.split() for i in self._cut(word)), 2] for text in texts]

    def _cut(self, word: str) -> list[int]:
        if word in OWN:
            return [10 + OWN.index(word)]
        return [0] if self._unknown else [5, 6, 7]

    def find_unknown(self) -> int | None:
        return 0 if self._unknown else None


def make(kinds: Sequence[bool], seed: int = 0, words: int = 8) -> list[str]:
    """Make texts; a strange one for each True, with a word of the other language now and then."""
    rng = np.random.default_rng(seed)
    texts = []
    for is_strange in kinds:
        own, other = (STRANGE, OWN) if is_strange else (OWN, STRANGE)
        chosen = [str(rng.choice(other if rng.random() < 0.04 else own)) for _ in range(words)]
        texts.append(" ".join(chosen))
    return texts


def listen(texts: Sequence[str], *, unknown: bool = False) -> Spoken:
    return hear(texts, Knows(unknown=unknown), vocabulary=30_000)


@pytest.mark.parametrize("unknown", [False, True])
@pytest.mark.parametrize("every", [2, 10, 40])
def test_planted_rows_of_another_language_are_found_and_hardly_another(
    every: int, *, unknown: bool
) -> None:
    kinds = np.arange(400) % every == 0
    spoken = listen(make(kinds.tolist()), unknown=unknown)
    assert spoken.is_foreign[kinds].all()
    assert spoken.is_foreign[~kinds].mean() < 0.04
    assert abs(spoken.share - kinds.mean()) < 0.05
    assert spoken.is_worth_saying
    (seen,) = find_foreign(spoken)
    assert set(seen.at.tolist()) == set(np.flatnonzero(spoken.is_foreign).tolist())


def test_a_file_in_one_language_raises_no_alarm_over_its_oddest_rows() -> None:
    spoken = listen(make([False] * 1000))
    assert spoken.share < 0.001
    assert not spoken.is_worth_saying
    assert list(find_foreign(spoken)) == []
    # Some of its rows do hold several words that it does not know.
    assert spoken.broken.max() >= 2


def test_four_strange_rows_are_left_unsaid() -> None:
    spoken = listen(make([True] * 4 + [False] * 200))
    assert int(spoken.is_foreign.sum()) == 4
    assert not spoken.is_worth_saying


def test_nobody_can_tell_from_a_few_words_or_none() -> None:
    spoken = listen(["", "wo paket", "KM-17 42 https://shop.example/x", *make([False] * 50)])
    assert spoken.is_judged[:3].tolist() == [False] * 3
    assert spoken.chance[:3].tolist() == [0, 0, 0]
    nobody = listen([])
    assert (nobody.share, nobody.pieces, len(nobody.chance)) == (0.0, 0, 0)


def test_names_numbers_and_codes_are_not_words() -> None:
    text = "Dear Aynur, order KM-0017 (kube_api.go v2) isn't here — not TODAY!"
    assert plain_words(text) == ["order", "isn't", "here", "not"]
    assert plain_words("我的包裹") == list("我的包裹")
    assert len(plain_words("wo ist mein paket")) == FEWEST_WORDS


def _texts_of_the_inbox(folder: Path) -> tuple[list[str], np.ndarray]:
    write_sample("inbox", folder)
    frame = read(folder / "inbox.csv").dataset.frame
    return frame["text"].to_list(), np.array(frame["language"].to_list())


def test_german_and_spanish_in_the_sample_inbox_are_caught(tmp_path: Path) -> None:
    """The truth is in the file; the thresholds were chosen on it and on sets in English."""
    base = find_base()
    texts, languages = _texts_of_the_inbox(tmp_path)
    tokens = Tokens(base.tokenizer, base.max_tokens, 64)
    spoken = hear(texts, tokens, vocabulary=base.config["vocab_size"])
    found = {name: spoken.is_foreign[languages == name].mean() for name in ("en", "de", "es")}
    assert found["de"] > 0.9
    assert found["es"] > 0.9
    assert found["en"] < 0.01
    assert abs(spoken.share - (languages != "en").mean()) < 0.02
    english = [text for text, name in zip(texts, languages, strict=True) if name == "en"]
    assert not hear(english, tokens, vocabulary=30_522).is_worth_saying
    # The truth file says the same of the languages, so that this test cannot pass on an empty one.
    assert json.loads((tmp_path / "inbox-truth.json").read_text(encoding="utf-8"))
    assert (languages == "de").sum() > 100
