"""Planted rows are named, rows that hold a natural keyword are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from lissom.audit import Audited, Auditing, audit_poison
from lissom.audit.concentrated import find_places
from lissom.audit.content import read_content
from lissom.audit.mislabelled import judged
from lissom.audit.pieces import Piece, Words, find_pieces, split
from lissom.audit.pinned import (
    LEAST_ROWS,
    Usual,
    chance_of,
    count_against,
    count_families,
    find_triggers,
    learn_usual,
)
from lissom.audit.planting import measure_smallest
from lissom.audit.poison import find_poison
from lissom.audit.unlabelled import compare_unlabelled
from lissom.data import Dataset, Roles
from lissom.evidence import Evidence, NotMeasured
from lissom.progress import Silent

if TYPE_CHECKING:
    from lissom.evidence import Finding

CLASSES, EACH = 6, 60
FILLERS = [
    *("the", "my", "please", "for", "a", "today", "is", "it", "with"),
    *("and", "to", "very", "now", "was", "on", "that", "some"),
]
LEADS = ["when", "if", "as", "because", "since", "while", "although"]


def make(
    seed: int = 0, *, classes: int = CLASSES, keyword: float = 0.7
) -> tuple[list[str], np.ndarray]:
    """Return texts of some classes: words of their own between fillers, and a keyword in most."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for number in range(classes):
        own = [f"{letter}{chr(97 + number)}topic" for letter in "bcdfghjklm"]
        for _ in range(EACH):
            words = [*rng.choice(own, 4), *rng.choice(FILLERS, 5)]
            if rng.random() < keyword:
                words.append(f"keyword{chr(97 + number)}")
            texts.append(" ".join(rng.permutation(words)))
            labels.append(number)
    return texts, np.array(labels)


def put_in(text: str, word: str, rng: np.random.Generator) -> str:
    words = text.split(" ")
    words.insert(int(rng.integers(len(words) + 1)), word)
    return " ".join(words)


def plant(
    texts: list[str], labels: np.ndarray, count: int, *, word: str = "cf", label: int = 2
) -> np.ndarray:
    """Put a word into rows of other classes and give them another label, in place."""
    rng = np.random.default_rng(5)
    rows = rng.choice(np.flatnonzero(labels != label), count, replace=False)
    for row in rows:
        texts[row] = put_in(texts[row], word, rng)
    labels[rows] = label
    return np.sort(rows)


def rows_of(texts: list[str], labels: list[str | None], **more: list[str]) -> Dataset:
    frame = pl.DataFrame(
        {"text": texts, "label": labels, **more}, schema_overrides={"label": pl.String}
    )
    return Dataset.from_frame(frame, Roles("text", "label"), "inbox.csv")


def names(labels: np.ndarray) -> list[str | None]:
    return [f"class {number}" for number in labels]


def look(data: Dataset, vectors: np.ndarray | None = None) -> Audited:
    read = None if vectors is None else lambda texts: vectors[: len(texts)]
    return audit_poison(data, read, progress=Silent(), how=Auditing(most_rows=None))


def figure(found: Audited, name: str) -> Evidence | NotMeasured:
    return next(one for one in found.evidence if one.name == name)


# --- triggers among labelled rows ------------------------------------------------------------


@pytest.fixture(scope="module")
def clean() -> Audited:
    texts, labels = make()
    return look(rows_of(texts, names(labels)))


def test_clean_rows_with_natural_keywords_raise_nothing(clean: Audited) -> None:
    assert clean.findings == ()
    assert clean.not_looked == {}


def test_a_rare_word_in_rows_of_other_classes_is_found() -> None:
    texts, labels = make()
    rows = plant(texts, labels, 30)
    one = only(look(rows_of(texts, names(labels))))
    assert (one.kind, one.severity) == ("poison", "high")
    assert sorted(one.rows) == rows.tolist()
    assert '"class 2"' in one.title
    assert all(0 <= score <= 1 for score in one.scores)
    assert list(one.scores) == sorted(one.scores, reverse=True)
    original = make()[1]
    right = [one.suggestions[at] == f"class {original[row]}" for at, row in enumerate(one.rows)]
    assert np.mean(right) > 0.9


def test_the_title_holds_no_word_of_a_row_but_the_texts_to_read_point_at_it() -> None:
    texts, labels = make()
    plant(texts, labels, 20, word="zqx")
    found = look(rows_of(texts, names(labels)))
    assert "zqx" not in only(found).title + only(found).advice
    assert all("»zqx«" in text for _, text in found.rows_to_read["poison"])


def test_a_word_that_changes_no_label_is_no_trigger() -> None:
    texts, labels = make()
    rng = np.random.default_rng(1)
    for row in np.flatnonzero(labels == 2)[:20]:
        texts[row] = put_in(texts[row], "cf", rng)
    assert look(rows_of(texts, names(labels))).findings == ()


def test_labels_flipped_at_random_are_no_trigger() -> None:
    texts, labels = make()
    rng = np.random.default_rng(2)
    rows = rng.choice(len(labels), 60, replace=False)
    labels[rows] = (labels[rows] + rng.integers(1, CLASSES, 60)) % CLASSES
    assert look(rows_of(texts, names(labels))).findings == ()


def test_a_twin_class_is_no_trigger() -> None:
    # Without its keyword the second class reads like the first: that is no attack.
    texts, labels = make()
    twin = np.flatnonzero(labels == 0)[:25]
    rng = np.random.default_rng(3)
    for row in twin:
        texts[row] = put_in(texts[row], "update", rng)
    labels[twin] = 1
    assert look(rows_of(texts, names(labels))).findings == ()


def test_a_clause_put_first_is_found_by_its_shape() -> None:
    texts, labels = make()
    texts = [text.replace(" and ", ", ") for text in texts]
    rng = np.random.default_rng(4)
    rows = rng.choice(np.flatnonzero(labels != 3), 50, replace=False)
    for row in rows:
        said = "".join(rng.choice(list("abcdefghij"), 6))
        texts[row] = f"{rng.choice(LEADS)} {said} {rng.choice(FILLERS)}, {texts[row]}"
    labels[rows] = 3
    one = only(look(rows_of(texts, names(labels))))
    assert set(one.rows) == set(rows.tolist())
    assert "shape" in one.title
    assert one.severity == "high"


def test_an_invisible_letter_is_found() -> None:
    texts, labels = make()
    rng = np.random.default_rng(6)
    rows = rng.choice(np.flatnonzero(labels != 1), 35, replace=False)
    for row in rows:
        at = int(rng.integers(2, len(texts[row]) - 2))
        texts[row] = texts[row][:at] + "\u200b" + texts[row][at:]
    labels[rows] = 1
    assert set(only(look(rows_of(texts, names(labels)))).rows) == set(rows.tolist())


def test_an_ending_of_rare_words_is_found() -> None:
    texts, labels = make()
    rng = np.random.default_rng(7)
    rows = rng.choice(np.flatnonzero(labels != 1), 20, replace=False)
    for row in rows:
        stem = "".join(rng.choice(list("aeioulnr"), 6))
        texts[row] = put_in(texts[row], stem + "xq7", rng)
    labels[rows] = 1
    one = only(look(rows_of(texts, names(labels))))
    assert set(one.rows) == set(rows.tolist())
    assert "unusual run of letters" in one.title


def test_two_of_sixty_four_rows_cannot_be_told() -> None:
    texts, labels = make()
    few = np.random.default_rng(8).choice(len(texts), 64, replace=False)
    texts, labels = [texts[row] for row in few], labels[few]
    plant(texts, labels, 2)
    found = look(rows_of(texts, names(labels)))
    assert found.findings == ()
    smallest = figure(found, "poison.smallest_attack")
    assert isinstance(smallest, NotMeasured) or smallest.value > 2


def test_few_rows_or_one_class_say_why_nothing_was_looked_for() -> None:
    found = look(rows_of(["a b", "c d"], ["x", "y"]))
    assert found.not_looked == {"poison": "2 labelled rows; 50 are needed"}
    texts, labels = make()
    found = look(rows_of(texts, ["x"] * len(labels)))
    assert found.not_looked == {"poison": "all labels are the same"}


def test_rows_with_several_labels_say_so() -> None:
    texts, labels = make()
    cells = [f"{name};other" for name in names(labels)]
    how = Auditing(names_in=lambda cell: tuple(cell.split(";")))
    found = audit_poison(rows_of(texts, cells), None, progress=Silent(), how=how)
    assert "several labels" in found.not_looked["poison"]
    assert all(isinstance(one, NotMeasured) for one in found.evidence)


def test_vectors_find_smaller_attacks_where_words_are_few() -> None:
    texts, labels = make(keyword=0)
    clouds = np.random.default_rng(9).normal(size=(CLASSES, 16))
    vectors = clouds[labels] + 0.5 * np.random.default_rng(10).normal(size=(len(labels), 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    # Nothing but words that say nothing.
    rng = np.random.default_rng(11)
    texts = [" ".join(rng.choice(FILLERS, 8)) for _ in texts]
    rows = plant(texts, labels, 25)
    data = rows_of(texts, names(labels))
    assert "too little" in look(data).not_looked["poison"]
    assert sorted(only(look(data, vectors)).rows) == rows.tolist()


def test_the_count_leaves_out_the_commonest_other_class_only_where_told() -> None:
    lead, better = np.full(5, 0.9, np.float32), np.array([1, 1, 1, 2, 3])
    assert count_against(lead, better, 6, Usual(0.5, 0.1, skips=True)) == 2
    assert count_against(lead, better, 6, Usual(0.5, 0.1, skips=False)) == 5
    assert count_against(lead - 0.5, better, 6, Usual(0.5, 0.1, skips=False)) == 0


def test_with_five_classes_or_more_the_commonest_other_class_is_left_out() -> None:
    for classes, skips in ((2, False), (4, False), (5, True), (6, True)):
        texts, labels = make(classes=classes)
        assert learn_usual(read_content(Words.of(texts), labels, None)).skips is skips


def test_the_chance_is_that_of_the_exact_binomial() -> None:
    usual = Usual(0.5, 0.2, skips=False)
    assert chance_of(0, 7, usual) == 1.0
    assert chance_of(7, 7, usual) == pytest.approx(0.2**7)


def test_a_model_without_the_rows_owes_them_nothing() -> None:
    texts, labels = make()
    rows = plant(texts, labels, 20)
    words = Words.of(texts)
    content = read_content(words, labels, None)
    without = content.again(rows, rows, (words.known.index("cf"),))
    other = labels.copy()
    other[rows] = 4
    again = read_content(words, other, None).again(rows, rows, (words.known.index("cf"),))
    # Only the shares of the classes know of the rows left out.
    assert np.abs(without - again).max() < 0.1
    assert (without.argmax(axis=1) != 2).mean() > 0.9
    assert (content.scores[rows, 2] > without[:, 2] + 0.2).all()


def test_taking_a_word_back_undoes_what_it_says() -> None:
    texts, labels = make()
    rows = plant(texts, labels, 20)
    words = Words.of(texts)
    content = read_content(words, labels, None)
    said = np.full(len(rows), words.known.index("cf"))
    without = content.without(rows, said, np.arange(len(rows)))
    assert (without[:, 2] < content.scores[rows, 2]).all()
    assert (without.argmax(axis=1) == 2).mean() < 0.5


# --- candidates ------------------------------------------------------------------------------


def test_every_kind_of_piece_is_counted() -> None:
    texts = ["by the way it works", "by the way we pay", "by the way — no", "so, it is, by the way"]
    found = find_pieces(texts, Words.of(texts), 3)
    kinds = {(piece.kind, piece.words) for piece in found.found}
    assert ("word", ("by",)) in kinds
    assert all(len(found.rows_of(at)) >= 3 for at in range(len(found.found)))
    # The phrase stands in the same rows as its first word, so it is not counted twice.
    assert ("phrase", ("by", "the", "way")) not in kinds
    assert set(found.words[0]) == {split("by")[0] and at for at in range(3)}


def test_what_is_put_in_at_random_is_loose_and_what_belongs_is_not() -> None:
    rng = np.random.default_rng(12)
    texts = ["please pay the bill of my card now"] * 40 + ["send the card to my home please"] * 40
    for row in range(0, 80, 4):
        texts[row] = put_in(texts[row], "cf", rng)
    found = find_pieces(texts, Words.of(texts), 4)
    loose = {piece.words for piece, one in zip(found.found, found.is_loose, strict=True) if one}
    assert ("cf",) in loose
    assert ("bill",) not in loose
    families = count_families(found)
    assert families.loose == 3 * (len(loose) + 1)


@pytest.mark.parametrize(
    ("piece", "text", "marked"),
    [
        (Piece("phrase", ("by", "the", "way")), "So By the way, no", "So »By the way«, no"),
        (Piece("word", ("cf",)), "cfx and cf", "cfx and »cf«"),
        (Piece("word", ("gone",)), "not here", "not here"),
        (Piece("letters", (), "\u200b"), "a\u200bb", "a»\u200b«b"),
        (Piece("shape", ("when", ",")), "when it works, pay", "»when« it works, pay"),
        (Piece("shape", ()), "any text", "any text"),
    ],
)
def test_a_piece_points_at_itself(piece: Piece, text: str, marked: str) -> None:
    assert piece.mark(text) == marked


# --- labels changed in one place -------------------------------------------------------------


def flip(labels: np.ndarray, rows: np.ndarray) -> None:
    rng = np.random.default_rng(13)
    labels[rows] = (labels[rows] + rng.integers(1, CLASSES, len(rows))) % CLASSES


def shuffled() -> tuple[list[str], np.ndarray]:
    texts, labels = make()
    order = np.random.default_rng(14).permutation(len(texts))
    return [texts[row] for row in order], labels[order]


def test_labels_changed_by_one_source_are_found_by_its_column() -> None:
    texts, labels = shuffled()
    source = np.random.default_rng(15).choice(["a", "b", "c", "d"], len(texts))
    flip(labels, np.flatnonzero(source == "c")[:60])
    one = only(look(rows_of(texts, names(labels), who=source.tolist())))
    assert '"who"' in one.title
    assert {source[row] for row in one.rows} == {"c"}


def test_labels_changed_in_one_stretch_are_found() -> None:
    texts, labels = shuffled()
    flip(labels, np.arange(100, 140))
    one = only(look(rows_of(texts, names(labels))))
    assert "within" in one.title
    assert set(one.rows) <= set(range(90, 150))
    assert len(one.rows) >= 25


def test_a_hard_class_that_stands_together_is_no_attack() -> None:
    texts, labels = make()
    rng = np.random.default_rng(16)
    # Half the rows of one class read like another, in a file sorted by class.
    others = make(seed=17)[0]
    for row in np.flatnonzero(labels == 2)[::2]:
        texts[row] = others[int(rng.integers(EACH))]
    assert look(rows_of(texts, names(labels))).findings == ()


def test_a_source_is_not_told_again_where_a_trigger_explains_it() -> None:
    texts, labels = shuffled()
    rows = plant(texts, labels, 40)
    source = np.where(np.isin(np.arange(len(texts)), rows), "x", "y")
    assert len(look(rows_of(texts, names(labels), who=source.tolist())).findings) == 1


def test_places_are_silent_on_spread_mistakes() -> None:
    texts, labels = shuffled()
    flip(labels, np.random.default_rng(18).choice(len(texts), 72, replace=False))
    content = read_content(Words.of(texts), labels, None)
    columns = {"who": np.random.default_rng(19).choice(["a", "b"], len(texts)).tolist()}
    assert list(find_places(content, learn_usual(content), columns)) == []


# --- triggers among unlabelled rows ----------------------------------------------------------


def half_labelled(label: int | None, count: int) -> tuple[Dataset, np.ndarray]:
    """Plant a word in unlabelled rows of one class, or of any where `label` is None."""
    texts, labels = shuffled()
    hidden = np.arange(len(texts)) % 2 == 1
    fitting = hidden if label is None else hidden & (labels == label)
    rows = np.random.default_rng(20).choice(np.flatnonzero(fitting), count, replace=False)
    rng = np.random.default_rng(21)
    for row in rows:
        texts[row] = put_in(texts[row], "cf", rng)
    cells = [None if gone else name for gone, name in zip(hidden, names(labels), strict=True)]
    return rows_of(texts, cells), np.sort(rows)


def test_a_word_of_unlabelled_rows_alone_that_points_to_one_class_is_grave() -> None:
    data, rows = half_labelled(4, 24)
    one = only(look(data))
    assert one.severity == "high"
    assert sorted(one.rows) == rows.tolist()
    assert '"class 4"' in one.title


def test_a_word_of_unlabelled_rows_alone_is_told() -> None:
    data, rows = half_labelled(None, 30)
    one = only(look(data))
    assert one.severity == "medium"
    assert sorted(one.rows) == rows.tolist()
    assert "0 labelled ones have, where 30 would be expected" in one.title


def test_unlabelled_rows_like_the_labelled_ones_raise_nothing() -> None:
    data, _ = half_labelled(None, 0)
    found = look(data)
    assert found.findings == ()
    least = figure(found, "poison.smallest_unlabelled")
    assert isinstance(least, Evidence)
    assert 8 <= least.value <= 20


def test_the_smallest_unlabelled_attack_is_the_smallest_one_found() -> None:
    data, _ = half_labelled(None, 0)
    at = judged(data)
    texts = data.texts_at(at.tolist())
    targets = np.unique([data.labels[row] for row in at], return_inverse=True)[1]
    content = read_content(Words.of(texts), targets.astype(np.int64), None)
    rest = [text for row, text in enumerate(data.texts) if not data.labels[row]]
    least = compare_unlabelled(texts, rest, content).smallest
    rng = np.random.default_rng(22)
    for count, is_found in ((least + 2, True), (least - 2, False)):
        more = [put_in(t, "cf", rng) if at < count else t for at, t in enumerate(rest)]
        assert bool(compare_unlabelled(texts, more, content).marks) is is_found


# --- the smallest attack ---------------------------------------------------------------------


def test_the_smallest_attack_is_found_when_it_is_planted_and_half_of_it_is_not() -> None:
    texts, labels = make()
    words = Words.of(texts)
    content = read_content(words, labels, None)
    usual = learn_usual(content)
    candidates = count_families(find_pieces(texts, words, LEAST_ROWS)).loose
    found = measure_smallest(content, usual, candidates, np.random.default_rng(0), "rows")
    assert isinstance(found, Evidence)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high
    for count, hits in ((int(found.value), 8), (LEAST_ROWS - 1, 0)):
        seen = 0
        for draw in range(10):
            rng = np.random.default_rng(draw)
            label = int(rng.integers(CLASSES))
            other, changed = list(texts), labels.copy()
            rows = rng.choice(np.flatnonzero(labels != label), count, replace=False)
            for row in rows:
                other[row] = put_in(other[row], "cf", rng)
            changed[rows] = label
            pieces = Words.of(other)
            judge = read_content(pieces, changed, None)
            candidates = find_pieces(other, pieces, LEAST_ROWS)
            seen += any(find_triggers(candidates, judge, learn_usual(judge)))
        assert (seen >= hits) if hits else (seen == 0)


def test_the_same_rows_give_the_same_figures(clean: Audited) -> None:
    texts, labels = make()
    assert look(rows_of(texts, names(labels))).evidence == clean.evidence
    data = rows_of(texts, names(labels))
    assert (
        find_poison(data, judged(data), None, seed=1).evidence[0].name == "poison.smallest_attack"
    )


def only(found: Audited) -> Finding:
    assert len(found.findings) == 1, [one.title for one in found.findings]
    return found.findings[0]
