"""Texts longer than the encoder reads: cut, read in pieces, and answered like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from lissom.errors import AnswerSettingsError
from lissom.nets import embed
from lissom.pipeline.shipping import Parts
from lissom.runtime import Tokens, Windows, read_settings, strip_padding

if TYPE_CHECKING:
    from tiny_models import Made, Shipped

LONG = 128  # the tiny encoder reads this many tokens at once


def with_windows(shipped: Shipped, most: int) -> Parts:
    """Return the tiny model's files, reading so many pieces of a long text."""
    files = dict(shipped.parts.files)
    settings = read_settings(files["answer.json"])
    # Nothing is kept by the lexical tier, so that every text is read.
    changed = msgspec.structs.replace(settings, max_windows=most, defer_margin=None)
    files["answer.json"] = changed.to_bytes()
    return Parts(files, 1.0)


def long_texts(made: Made) -> list[str]:
    """Return texts of 1 to 5 windows, and a short one."""
    joined = [" ".join(made.texts[start : start + 20 * n]) for start, n in enumerate((1, 2, 3, 5))]
    return [*joined, made.texts[0]]


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert Windows(5, most=3).cut([2, 7, 8, 9, 3]) == [[2, 7, 8, 9, 3]]
    assert Windows(5, most=3).cut([2, 3]) == [[2, 3]]


def test_marks_stand_around_every_piece_wherever_the_tokenizer_puts_them() -> None:
    ids = list(range(100, 107))
    assert Windows(5, most=9, before=0, after=1).cut([*ids, 3]) == [
        [100, 101, 102, 3],
        [103, 104, 105, 106, 3],
    ]
    assert Windows(4, most=9, before=0, after=0).cut(ids) == [ids[:3], ids[3:]]


def test_the_tokenizer_cuts_where_reading_ends(shipped: Shipped, made: Made) -> None:
    raw = strip_padding(shipped.base.tokenizer)
    text = " ".join(made.texts)
    for most in (1, 2, 3):
        tokens = Tokens(raw, LONG, most)
        (ids,) = tokens.encode([text])
        assert len(ids) == tokens.windows.limit
        assert max(map(len, tokens.windows.cut(ids))) == LONG
        assert len(tokens.windows.cut(ids)) == most
    assert Tokens(raw, LONG).windows == Windows(LONG, 1, 1, 1)


def test_what_ships_reads_long_texts_as_they_were_trained(shipped: Shipped, made: Made) -> None:
    """The mean of the pieces' scores is the score of their mean embedding."""
    tokens = Tokens(shipped.base.tokenizer, LONG, 4)
    texts = long_texts(made)
    ids = tokens.encode(texts)
    vectors = embed(shipped.graph, ids, threads=1, windows=tokens.windows)
    trained = shipped.trained.reading.score(vectors)
    words = shipped.trained.words.score(shipped.trained.lexicon.table(ids))
    trained += np.float32(shipped.trained.mix) * words
    shown = with_windows(shipped, 4).load(1).read_all(texts)
    # The shipped weights are int8, so near is all that can be asked.
    assert (shown.argmax(axis=1) == trained.argmax(axis=1)).all()
    cut = embed(shipped.graph, [text[:LONG] for text in ids], threads=1)
    assert np.abs(vectors[1:4] - cut[1:4]).max() > 0.01, "the rest of a long text must count"
    assert np.array_equal(vectors[4], cut[4])


def test_the_mean_of_the_pieces_is_what_a_long_text_embeds_to(shipped: Shipped, made: Made) -> None:
    tokens = Tokens(shipped.base.tokenizer, LONG, 4)
    ids = tokens.encode(long_texts(made))
    told: list[tuple[int, int]] = []
    vectors = embed(
        shipped.graph,
        ids,
        threads=2,
        windows=tokens.windows,
        tell=lambda done, total: told.append((done, total)),
    )
    for text, vector in zip(ids, vectors, strict=True):
        pieces = embed(shipped.graph, tokens.windows.cut(text), threads=1)
        np.testing.assert_allclose(vector, pieces.mean(axis=0), atol=1e-6)
    assert told[-1] == (len(ids), len(ids))


def test_a_long_texts_answer_does_not_depend_on_its_neighbours(
    shipped: Shipped, made: Made
) -> None:
    model = with_windows(shipped, 4).load(2)
    texts = long_texts(made)
    together = model.answer(texts).probabilities
    for text, answer in zip(texts, together, strict=True):
        assert model.answer([text]).probabilities[0].tobytes() == answer.tobytes()


def test_a_word_beyond_the_first_window_is_heard_and_one_beyond_the_last_is_not(
    shipped: Shipped, made: Made
) -> None:
    text = " ".join(made.texts[:75])
    (whole,) = Tokens(shipped.base.tokenizer, LONG, 64).encode([text])
    assert len(whole) > 3 * LONG
    for most, is_heard in ((1, False), (2, False), (4, True)):
        model = with_windows(shipped, most).load(1)
        plain, changed = model.read_all([text, text + " refund money refund money refund"])
        assert (not np.array_equal(plain, changed)) is is_heard


def test_bundles_from_before_read_the_beginning_only(shipped: Shipped) -> None:
    settings = read_settings(shipped.parts.files["answer.json"])
    old = msgspec.json.decode(settings.to_bytes())
    del old["max_windows"]
    assert read_settings(msgspec.json.encode(old)).max_windows == 1


@pytest.mark.parametrize("most", [0, 65, -1])
def test_windows_out_of_range_are_refused(shipped: Shipped, most: int) -> None:
    settings = read_settings(shipped.parts.files["answer.json"])
    changed = msgspec.structs.replace(settings, max_windows=most)
    with pytest.raises(AnswerSettingsError, match="max_windows"):
        read_settings(changed.to_bytes())


def test_a_tokenizer_says_which_id_stands_for_what_it_does_not_know(shipped: Shipped) -> None:
    assert Tokens(shipped.base.tokenizer, LONG).find_unknown() == 1


def test_windows_are_values() -> None:
    assert replace(Windows(8), most=2) == Windows(8, 2)
    assert Windows(8, 2).limit == 14
    assert Windows(8).limit == 8
