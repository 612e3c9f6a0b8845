"""What each word did for an answer, found by asking."""

from __future__ import annotations

import numpy as np
import pytest

from lissom.runtime import MOST_PIECES, Reason, find_reasons, inquire, say_why, worth_naming


def say(chances: list[float]) -> np.ndarray:
    return np.stack([1 - np.array(chances), np.array(chances)], axis=1)


def angry(texts: list[str]) -> np.ndarray:
    """Either of two words suffices; a third speaks against them."""
    return say(
        [
            0.1 + 0.8 * ("furious" in text or "angry" in text) - 0.1 * ("calm" in text)
            for text in texts
        ]
    )


@pytest.mark.parametrize(
    "text",
    ["one two three", "  leading and trailing  ", "\n", "", "word", "tabs\tand\nlines ", "a " * 300,
     "这个包裹在哪里", "mixed 文字 text", "🙂 fine", "e\u0301lan ve\u0301cu"],
)  # fmt: skip
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    inquiry = inquire(text)
    assert len(inquiry.pieces) <= MOST_PIECES
    if inquiry.pieces:
        assert "".join(text[start:end] for start, end in inquiry.pieces) == text
        assert inquiry.without(set()) == text
        assert inquiry.only(set()) == ""
    assert len(inquiry.questions) == 2 + 2 * len(inquiry.pieces)


def test_a_script_without_spaces_is_cut_into_letters() -> None:
    assert len(inquire("包裹在哪里").pieces) == 5


def test_a_long_text_is_cut_into_runs_of_about_the_same_length() -> None:
    pieces = inquire(" ".join(f"word{i}" for i in range(100)), most=10).pieces
    lengths = [end - start for start, end in pieces]
    assert len(pieces) == 10
    assert max(lengths) - min(lengths) <= 20


def test_two_words_of_which_either_suffices_are_both_reasons() -> None:
    ((answer, reasons),) = find_reasons(angry, ["so furious and angry yet calm"])
    assert answer == 1
    weights = {one.words: one.weight for one in reasons}
    # Left out alone, neither would be missed.
    assert weights["furious"] == pytest.approx(0.4)
    assert weights["angry"] == pytest.approx(0.4)
    assert weights["calm"] < 0
    assert weights["so"] == weights["and"] == 0
    assert [one.weight for one in reasons] == sorted(weights.values(), reverse=True)


def test_where_words_add_up_the_weights_are_what_they_add() -> None:
    each = {"a": 0.1, "b": 0.2, "c": 0.3}

    def add(texts: list[str]) -> np.ndarray:
        return say([0.3 + sum(each[word] for word in text.split()) for text in texts])

    ((_, reasons),) = find_reasons(add, ["c a b"])
    assert {one.words: round(one.weight, 9) for one in reasons} == each
    assert ["c a b"[one.start : one.end] for one in reasons] == ["c", "b", "a"]


def test_a_text_of_one_word_weighs_what_it_adds_to_nothing() -> None:
    ((_, reasons),) = find_reasons(angry, [" angry "])
    assert reasons == [Reason(1, 6, "angry", pytest.approx(0.8))]


def test_a_blank_text_has_no_reasons() -> None:
    assert find_reasons(angry, ["", "  "]) == [(0, []), (0, [])]
    assert say_why([]) == ""
    assert worth_naming([]) == ([], [])


def test_only_a_few_reasons_are_named_and_none_that_does_next_to_nothing() -> None:
    many = [Reason(i, i + 1, f"w{i}", 0.5) for i in range(9)]
    assert len(worth_naming(many)[0]) == 4
    assert worth_naming([Reason(0, 1, "a", 0.004), Reason(1, 2, "b", 0.0)]) == ([], [])
    assert say_why([Reason(0, 1, "a", -0.5)]) == 'against it "a" (-50)'
