"""What the user says of the classes, beside what the labels say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from lissom.data import Described, Given, read
from lissom.errors import (
    ClassListError,
    NamesSayNothingError,
    NoLabelsError,
    NoSuchClassError,
    RecipeError,
)
from lissom.learn import UNKNOWN
from lissom.pipeline.declared import (
    OTHERS,
    describe,
    find_other,
    name_places,
    need_names,
    say_classes,
    unlisted,
    without_strange_labels,
)
from lissom.pipeline.order import Declared, Order
from lissom.pipeline.recipe import Written
from lissom.pipeline.replay import check_classes, fingerprint_classes, follow
from lissom.pipeline.rows import prepare, read_inputs
from lissom.progress import Silent

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [f"where is parcel number {i} of mine" for i in range(8)]


def frame(labels: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"text": TEXTS, "label": pl.Series(labels, dtype=pl.String)})


@pytest.mark.parametrize(
    ("classes", "other"),
    [
        (("refund", "other", "praise"), 1),
        (("refund", "None of the above"), 1),
        (("refund", "OOS", "misc"), 2),
        (("Sonstiges", "Lob"), 0),
        (("refund", "unknown", "brother", "nonesuch"), None),
        ((), None),
    ],
)
def test_a_catch_all_is_known_by_its_name(classes: tuple[str, ...], other: int | None) -> None:
    found, told = find_other(classes, None)
    assert found == other
    assert (told != "") is (other is not None)
    if other is not None:
        assert f'"{classes[other]}"' in told


def test_the_user_has_the_last_word_on_the_catch_all() -> None:
    assert find_other(("other", "rest"), "rest") == (1, "")
    assert find_other(("other", "rest"), "") == (None, "")
    with pytest.raises(NoSuchClassError, match='Did you mean "other"'):
        find_other(("other", "rest"), "othr")


def test_the_names_of_catch_alls_are_as_they_are_compared() -> None:
    assert all(name == name.casefold() for name in OTHERS)
    assert len(set(OTHERS)) == len(OTHERS)


def test_a_class_is_said_in_words_with_its_description() -> None:
    listed = [Described("card_lost", "stolen, too", ("my card is gone",)), Described("topUp")]
    assert say_classes(listed, None) == ["card lost: stolen, too", "top Up"]


def test_names_that_say_nothing_are_not_said_unless_described() -> None:
    assert say_classes([Described("0"), Described("1")], None) == []
    assert say_classes([Described("0", "bad news"), Described("1", "good news")], None) == [
        "0: bad news",
        "1: good news",
    ]
    # One short name among many is no reason to forget all the others.
    many = [Described(f"kind of {letter}") for letter in "abcdefghijk"]
    assert say_classes([*many, Described("no")], None)[-1] == "no"
    assert say_classes([Described("refund"), Described("no")], None) == []
    # The catch-all needs no name that says something.
    assert say_classes([Described("refund"), Described("x")], 1) == ["refund", "x"]
    with pytest.raises(NamesSayNothingError, match="describe the classes"):
        need_names(None, ("0", "1"))
    need_names(np.zeros((2, 2), np.float32), ("0", "1"))


def test_a_place_is_the_mean_of_all_that_is_said_and_a_bare_name_is_itself() -> None:
    asked: list[str] = []

    def embed(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.eye(len(texts), dtype=np.float32)

    listed = [Described("refund", "money back", ("pay me",)), Described("praise")]
    places = name_places(listed, embed)
    assert asked == ["refund", "money back", "pay me", "praise"]
    assert places[1].tolist() == [0, 0, 0, 1]
    assert np.allclose(places[0], [3**-0.5, 3**-0.5, 3**-0.5, 0])
    assert np.isclose(np.linalg.norm(places[0]), 1)


def test_every_class_has_what_is_said_of_it_in_order() -> None:
    listed = [Described("b", "second"), Described("a", "first")]
    assert [one.description for one in describe(("a", "b", "c"), listed)] == ["first", "second", ""]


def test_labels_that_the_list_lacks_are_kept_and_told() -> None:
    listed = [Described("positive"), Described("negative")]
    notes = unlisted(["positive", "postive", "mixed"], listed)
    assert notes[0] == (
        'The label "postive" is not in the list of classes. Did you mean "positive"?'
    )
    assert '"mixed", "postive"' in notes[1]
    assert unlisted(["positive"], listed) == []
    assert unlisted(["whatever"], []) == []


def test_a_guessed_label_column_without_listed_labels_is_given_back() -> None:
    reading = read(frame(["email", "chat"] * 4))
    assert reading.roles.label == "label"
    kept = without_strange_labels(reading, [Described("refund"), Described("praise")])
    assert kept.roles.label is None
    assert kept.dataset.labels == [None] * 8
    assert "--label label" in kept.notes[-1]
    same = without_strange_labels(reading, [Described("email"), Described("chat")])
    assert same is reading


def rows_of(labels: list[str | None], declared: Declared) -> tuple[object, ...]:
    order = Order(frame(labels), declared=declared)
    rows = prepare(read_inputs(order, Silent()), order)
    return rows.classes, rows.targets.tolist(), rows.other, rows.notes


def test_rows_without_a_label_have_the_listed_classes() -> None:
    classes, targets, other, _ = rows_of([None] * 8, Declared("refund, praise, other"))
    assert classes == ("other", "praise", "refund")
    assert targets == [UNKNOWN] * 8
    assert other == 0


def test_one_label_of_a_listed_class_is_no_slip_of_the_keyboard() -> None:
    labels = ["refund"] * 3 + ["praise"] * 3 + ["late"] + [None]
    classes, targets, _, notes = rows_of(labels, Declared())
    assert classes == ("praise", "refund")
    assert any('"late"' in note for note in notes)
    classes, targets, _, notes = rows_of(labels, Declared(["refund", "praise", "late", "lost"]))
    assert classes == ("late", "lost", "praise", "refund")
    assert targets[6] == 0
    assert notes == ()


def test_no_label_and_no_list_is_still_an_error_that_names_the_way_out() -> None:
    with pytest.raises(NoLabelsError, match="--classes"):
        rows_of([None] * 8, Declared())


def test_a_test_file_may_have_labels_where_the_rows_have_none() -> None:
    test = pl.DataFrame({"text": TEXTS[:2], "intent": ["refund", "praise"]})
    order = Order(
        pl.DataFrame({"text": TEXTS}), test=test, given=Given(), declared=Declared("refund,praise")
    )
    inputs = read_inputs(order, Silent())
    assert inputs.test is not None
    assert inputs.test.labels == ["refund", "praise"]
    assert inputs.train.labels == [None] * 8


def test_a_list_of_classes_is_refused_where_rows_have_labels() -> None:
    order = Order(frame(["a|b", "a", "b", None] * 2), declared=Declared("a,b"), task="labels")
    with pytest.raises(ClassListError, match="each row has one"):
        read_inputs(order, Silent())


def test_a_recipe_keeps_the_catch_all_and_knows_the_list_again(tmp_path: Path) -> None:
    listed = (Described("refund", "money back"), Described("rest"))
    path = tmp_path / "recipe.toml"
    path.write_bytes(Written(classes=fingerprint_classes(listed), other="rest").to_toml())
    order = follow(Order("rows.csv", recipe_file=path))
    assert order.declared.other == "rest"
    check_classes(order, listed)
    for other in ((), (Described("refund"), Described("rest"))):
        with pytest.raises(RecipeError, match="another list of classes"):
            check_classes(order, other)
    check_classes(Order("rows.csv"), listed)
    said = follow(Order("rows.csv", recipe_file=path, declared=Declared(other="")))
    assert said.declared.other == ""
