"""An examination runs what was asked for, in its time, and asks nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom import compare_models, examine_model
from lissom.data import Given, read
from lissom.errors import NoLabelsError, NoSuchGroupError, UnknownPartError, WrongAnswersError
from lissom.evidence import Evidence, NotMeasured
from lissom.examine import PARTS
from lissom.pipeline import Pairing, Policy, Request, Scope, compare, examine, save_exam
from lissom.pipeline.exam_file import read_policy
from lissom.pipeline.places import Places
from lissom.pipeline.targets import Target

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.evidence import Exam

ROWS = pl.DataFrame(
    {
        "text": [f"{'parcel' if i % 2 else 'great'} number {i} of the week" for i in range(120)],
        "label": ["ship" if i % 2 else "praise" for i in range(120)],
        "channel": [("mail", "chat", "form")[i % 3] for i in range(120)],
    }
)


class Counting:
    """A sound model that counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, texts: list[str]) -> list[dict[str, float]]:
        self.asked += len(texts)
        sure = [0.9 if "parcel" in text.lower() else 0.1 for text in texts]
        return [{"ship": one, "praise": 1 - one} for one in sure]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "cache", tmp_path / "config")


def look(model: object, places: Places, data: object = ROWS, **scope: object) -> Exam:
    request = Request(model, data, scope=Scope(quick=True, **scope))  # type: ignore[arg-type]  # made up
    return examine(request, places=places)


def test_every_part_answers_and_says_what_it_would_need(places: Places) -> None:
    exam = look(Counting(), places)
    assert [part.key for part in exam.parts] == [part.key for part in PARTS]
    for part in exam.parts:
        assert part.evidence
        assert part.sentence
    missing = {item.name: item.reason for item in exam.evidence if isinstance(item, NotMeasured)}
    assert "not built" not in missing.values()
    assert "--train" in missing["privacy.membership_auroc"]
    assert exam.facts["rows"] == "120 labelled rows of polars table"


def test_only_the_parts_that_were_asked_for_run(places: Places) -> None:
    exam = look(Counting(), places, only=("task", "cost"))
    assert [part.key for part in exam.parts] == ["task", "cost"]
    with pytest.raises(UnknownPartError, match=r'no part "grups"\. Did you mean "groups"'):
        look(Counting(), places, only=("grups",))


def test_leaving_out_a_part_changes_nothing_in_the_others(places: Places) -> None:
    whole = look(Counting(), places)
    alone = look(Counting(), places, only=("robustness",))
    one = {item.name: item for item in whole.evidence if item.name.startswith("robustness.")}
    other = {item.name: item for item in alone.evidence}
    assert one == other


def test_the_task_is_measured_on_every_row_however_quick(places: Places) -> None:
    many = pl.concat([ROWS.with_columns(pl.col("text") + f" {i}") for i in range(10)])
    (part,) = look(Counting(), places, many, only=("task",)).parts
    accuracy = part.evidence[0]
    assert isinstance(accuracy, Evidence)
    assert accuracy.n == 1200


def test_a_part_that_the_time_does_not_reach_says_so(places: Places) -> None:
    now = [0.0]

    class Slow(Counting):
        def __call__(self, texts: list[str]) -> list[dict[str, float]]:
            now[0] += 20.0
            return super().__call__(texts)

    request = Request(Slow(), ROWS, scope=Scope(quick=True, minutes=1.0))
    exam = examine(request, places=places, clock=lambda: now[0])
    parts = {part.key: part for part in exam.parts}
    assert parts["task"].outcome is not None
    late = [item for item in parts["robustness"].evidence if isinstance(item, NotMeasured)]
    assert [item.reason for item in late] == ["the time for the examination was up"]
    assert parts["robustness"].outcome is None


def test_a_target_with_a_fingerprint_is_not_asked_the_same_twice(places: Places) -> None:
    model = Counting()
    target = Target("known", "bundle", model, ("praise", "ship"), "f" * 64)
    first = look(target, places, only=("task", "robustness", "outside"))
    asked = model.asked
    assert asked > 1000
    second = look(target, places, only=("task", "robustness", "outside"))
    assert model.asked == asked
    assert [part.evidence for part in first.parts] == [part.evidence for part in second.parts]
    look(target, places, only=("task",), fresh=True)
    assert model.asked > asked
    stored = b"".join(path.read_bytes() for path in places.cache.rglob("*") if path.is_file())
    assert b"parcel" not in stored


def test_a_live_object_is_asked_afresh(places: Places) -> None:
    model = Counting()
    look(model, places, only=("task",))
    asked = model.asked
    look(model, places, only=("task",))
    assert model.asked == 2 * asked
    assert not list(places.cache.rglob("*.safetensors"))


def test_a_label_that_the_model_cannot_give_counts_as_wrong(places: Places) -> None:
    rows = ROWS.with_columns(
        pl.when(pl.int_range(pl.len()) < 12)
        .then(pl.lit("new"))
        .otherwise(pl.col("label"))
        .alias("label")
    )
    (part,) = look(Counting(), places, rows, only=("task",)).parts
    accuracy = part.evidence[0]
    assert isinstance(accuracy, Evidence)
    assert accuracy.value == 0.9
    assert part.outcome == "fail"
    assert any('"new"' in reason for reason in part.reasons)


def test_a_users_own_rule_that_does_not_hold_is_a_failed_gate(places: Places) -> None:
    policy = read_policy(
        b'rules = ["task.accuracy at least 0.999", "task.macro_f1 at least 0.5"]', "e"
    )
    bad = Request(
        lambda texts: ["ship"] * len(texts), ROWS, policy=policy, scope=Scope(only=("task",))
    )
    exam = examine(bad, places=places)
    assert exam.broken == ("task.accuracy at least 0.999", "task.macro_f1 at least 0.5")
    assert exam.outcome == "fail"
    assert isinstance(policy, Policy)
    assert look(lambda texts: ["ship"] * len(texts), places, only=("task",)).broken == ()


def test_rows_that_cannot_be_used_are_refused(places: Places) -> None:
    empty = pl.DataFrame(
        {"text": ["a b c d", "e f g h"], "label": [None, None]},
        schema={"text": pl.String, "label": pl.String},
    )
    with pytest.raises(NoLabelsError):
        look(Counting(), places, empty)
    with pytest.raises(WrongAnswersError):
        look(lambda _: None, places)
    with pytest.raises(NoSuchGroupError):
        examine_model(Counting(), ROWS, groups=["team"], only=["groups"], quick=True)


def test_the_page_is_written_for_its_owner_alone(places: Places, tmp_path: Path) -> None:
    exam = look(Counting(), places, only=("task", "groups"))
    page = save_exam(exam, tmp_path / "deep" / "exam.html")
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "Is anyone served worse?" in text
    assert page.stat().st_mode & 0o077 == 0


def test_the_python_calls_take_live_models() -> None:
    exam = examine_model(Counting(), ROWS, only=["task"], quick=True)
    assert exam.outcome == "pass"
    found = compare_models(Counting(), lambda texts: ["ship"] * len(texts), ROWS)
    assert found.better == "first"
    assert found.evidence[0].name == "compare.first.accuracy"


def test_two_targets_are_compared_on_the_same_rows(places: Places) -> None:
    found = compare(Pairing(Counting(), Counting(), ROWS), places=places)
    assert found.better == "the data cannot tell"
    assert found.first == found.second == "Counting"
    assert found.rows == ()


def known(model: Counting) -> Target:
    """Return a model that was made from the very rows."""
    own = read(ROWS, Given(), needs_label=True).dataset.fingerprint
    return Target("inbox", "bundle", model, ("praise", "ship"), learned_from=own)


def test_rows_that_it_learned_from_say_nothing_of_how_good_it_is(places: Places) -> None:
    exam = look(known(Counting()), places, only=("task",))
    assert exam.outcome == "not enough data"
    assert exam.headline.startswith("It learned from these very rows")
    other = look(known(Counting()), places, ROWS.head(119), only=("task",))
    assert other.outcome == "pass"


@pytest.mark.parametrize(
    ("model", "train", "told"),
    [
        (known(Counting()), ROWS, "polars table, the table that it was made from"),
        (
            known(Counting()),
            ROWS.head(100),
            "polars table, another table than the one it was made from",
        ),
        (Counting(), ROWS, "polars table"),
        (Counting(), None, "none given"),
    ],
)
def test_it_says_whether_the_training_rows_are_those_it_was_made_from(
    model: object, train: object, told: str, places: Places
) -> None:
    scope = Scope(only=("privacy",), quick=True)
    exam = examine(Request(model, ROWS, train=train, scope=scope), places=places)  # type: ignore[arg-type]  # made up
    assert exam.facts["training rows"] == told


def test_a_fault_on_rows_that_it_learned_from_is_a_fault_all_the_same(places: Places) -> None:
    def guess(texts: list[str]) -> list[str]:
        return ["ship"] * len(texts)

    exam = look(known(guess), places, only=("task",))  # type: ignore[arg-type]  # answers as well
    assert exam.outcome == "fail"
    assert exam.headline.endswith("on new ones it will be worse.")


def test_a_comparison_says_which_of_them_knew_the_rows(places: Places) -> None:
    found = compare(Pairing(Counting(), known(Counting()), ROWS), places=places)
    assert found.sentence.endswith(
        "But the second learned from these very rows, which flatters it."
    )
