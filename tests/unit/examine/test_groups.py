"""Groups are counted, compared, corrected for and, when too small, left alone."""

from __future__ import annotations

import numpy as np
import pytest
from made import answers, case_of, known, named

from lissom.errors import NoSuchGroupError
from lissom.evidence import NotMeasured
from lissom.examine import Grouping, Rows, find_groupings, measure_groups
from lissom.examine.columns import guess_language
from lissom.examine.groups import examine_groups
from lissom.examine.settings import TERMS, Settings
from lissom.examine.swap import examine_swaps, find_swaps


def planted(shares: dict[str, tuple[int, float]], classes: int = 2) -> tuple[object, Grouping]:
    """Return answers right in so many of each group's rows, exactly."""
    targets, said, groups = [], [], []
    for name, (n, share) in shares.items():
        hits = round(n * share)
        truth = np.arange(n) % classes
        targets += truth.tolist()
        said += [t if i < hits else (t + 1) % classes for i, t in enumerate(truth)]
        groups += [name] * n
    table = np.eye(classes)[said] * 0.8 + 0.1
    return answers(np.array(targets), table), Grouping("team", tuple(groups))


def test_a_gap_is_the_best_less_the_worst_and_lies_in_its_interval() -> None:
    made, grouping = planted({"a": (200, 0.9), "b": (200, 0.7), "c": (100, 0.85)})
    figures = named(measure_groups(made, [grouping], 30).evidence)
    gap = known(figures, "groups.team.gap")
    assert gap.value == pytest.approx(20)
    assert gap.low is not None
    assert gap.low > 5
    assert known(figures, "groups.team.b.difference").value == pytest.approx(
        100 * (0.7 - (180 + 85) / 300)
    )
    assert known(figures, "groups.different").value >= 1
    assert known(figures, "groups.team.a.accuracy").n == 200


def test_a_group_under_the_floor_is_named_and_not_judged() -> None:
    made, grouping = planted({"a": (200, 0.9), "b": (200, 0.9), "tiny": (5, 0.0)})
    figures = named(measure_groups(made, [grouping], 30).evidence)
    tiny = figures["groups.team.tiny.accuracy"]
    assert isinstance(tiny, NotMeasured)
    assert "5 rows" in tiny.reason
    assert known(figures, "groups.team.gap").value == pytest.approx(0)
    assert "groups.team.tiny.difference" not in figures


def test_one_group_has_nothing_to_be_compared_with() -> None:
    made, grouping = planted({"a": (200, 0.9), "b": (10, 0.9)})
    figures = named(measure_groups(made, [grouping], 30).evidence)
    assert isinstance(figures["groups.team.gap"], NotMeasured)
    assert isinstance(figures["groups.different"], NotMeasured)


def test_fifty_groups_of_one_kind_raise_a_false_alarm_in_at_most_one_run_of_twenty() -> None:
    rng = np.random.default_rng(0)
    alarms, outside = 0, 0
    for _ in range(25):
        right = rng.random(2500) < 0.85
        table = np.where(right[:, None], [0.9, 0.1], [0.1, 0.9])
        made = answers(np.zeros(2500, np.int64), table)
        grouping = Grouping("term", tuple(f"g{i % 50}" for i in range(2500)))
        figures = named(measure_groups(made, [grouping], 30).evidence)
        alarms += known(figures, "groups.different").value > 0
        low = known(figures, "groups.term.gap").low
        outside += low is not None and low > 0
    assert alarms <= 4
    assert outside <= 4


def test_the_interval_of_a_gap_holds_the_true_one() -> None:
    rng = np.random.default_rng(1)
    truth = {"a": 0.95, "b": 0.9, "c": 0.8}
    held = 0
    for _ in range(150):
        right = np.concatenate([rng.random(120) < share for share in truth.values()])
        table = np.where(right[:, None], [0.9, 0.1], [0.1, 0.9])
        grouping = Grouping("t", tuple(name for name in truth for _ in range(120)))
        figures = named(
            measure_groups(answers(np.zeros(360, np.int64), table), [grouping], 30).evidence
        )
        gap = known(figures, "groups.t.gap")
        assert gap.low is not None
        assert gap.high is not None
        held += gap.low <= 15 <= gap.high
    assert held >= 0.94 * 150


def test_a_reversal_is_seen_at_an_equal_mix_of_classes() -> None:
    # In both classes group a is better served; b has more rows of the easy class.
    targets = np.array([0] * 40 + [1] * 360 + [0] * 360 + [1] * 40)
    shares = [(40, 0.95), (360, 0.70), (360, 0.85), (40, 0.60)]
    right = np.concatenate([np.arange(n) < round(n * share) for n, share in shares])
    said = np.where(right, targets, 1 - targets)
    made = answers(targets, np.eye(2)[said] * 0.8 + 0.1)
    grouping = Grouping("g", ("a",) * 400 + ("b",) * 400)
    figures = named(measure_groups(made, [grouping], 30).evidence)
    assert known(figures, "groups.g.a.accuracy").value < known(figures, "groups.g.b.accuracy").value
    even = known(figures, "groups.g.gap_at_equal_mix")
    assert even.value == pytest.approx(10, abs=0.6)  # and now a is ahead, in each class by 10


def test_columns_that_look_like_groups_are_found_and_others_are_not() -> None:
    n = 120
    columns = {
        "id": tuple(f"R{i}" for i in range(n)),
        "channel": tuple("mail" if i % 3 else "chat" for i in range(n)),
        "note": tuple(
            "a long remark about something, and then some more of it " + str(i % 3)
            for i in range(n)
        ),
        "empty": (None,) * n,
        "date": tuple(f"2025-{i // 10 + 1:02d}-01" for i in range(n)),
    }
    texts = tuple(
        "the parcel is here and it was late" if i % 2 else "die Ware ist nicht da und ich warte"
        for i in range(n)
    )
    rows = Rows(texts, ("x",) * n, tuple(range(n)), columns, "date", None, "id", "f.csv")
    names = [one.name for one in find_groupings(rows)]
    assert names[0] == "channel"
    assert set(names) - {"length"} == {"channel", "language", "date"}
    language = next(one for one in find_groupings(rows) if one.name == "language")
    assert set(language.values) == {"en", "de"}
    dates = next(one for one in find_groupings(rows) if one.name == "date")
    assert len(set(dates.values)) == 4
    assert next(iter(find_groupings(rows, ["note"]))).name == "note"
    with pytest.raises(NoSuchGroupError, match=r'Did you mean "channel"'):
        find_groupings(rows, ["chanel"])


def test_dates_in_other_forms_are_read_in_order() -> None:
    cells = tuple(f"{day}.{month}.2025" for month in (2, 11) for day in range(1, 21))
    rows = Rows(("hi",) * 40, ("x",) * 40, tuple(range(40)), {"when": cells}, "when")
    (dates,) = [one for one in find_groupings(rows) if one.name == "date"]
    assert dates.values[0] != dates.values[-1]
    assert str(dates.values[0]).startswith("2025-02-01")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is the parcel? It was to be here.", "en"),
        ("Wo ist das Paket, ich warte nicht mehr auf die Ware", "de"),
        ("¿Dónde está mi pedido? No lo tengo y es para hoy", "es"),
        ("12345 ###", ""),
        ("", ""),
    ],
)
def test_a_language_is_guessed_from_its_commonest_words(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_terms_are_swapped_whole_everywhere_and_in_their_own_dress() -> None:
    swaps = find_swaps(["She said SHE is Sheila", "nobody"], [("he", "she")])
    assert [(one.row, one.text, one.was, one.now) for one in swaps] == [
        (0, "He said HE is Sheila", "she", "he")
    ]


def test_a_swap_that_changes_the_answer_is_counted_once_a_row() -> None:
    texts = [f"the {'woman' if i % 2 else 'man'} asked about order {i}" for i in range(60)]

    def biased(asked: list[str]) -> list[str]:
        return ["no" if "woman" in text else "yes" for text in asked]

    found = examine_swaps(case_of(biased, texts, ["yes"] * 30 + ["no"] * 30))
    figure = known(named(found.evidence), "groups.swap.changed_share")
    assert (figure.value, figure.n) == (1.0, 60)
    assert figure.low is not None
    assert figure.low > 0.9
    assert found.rows
    assert 'with "man" the model says "yes"' in found.rows[0].note
    fair = examine_swaps(case_of(lambda asked: ["yes"] * len(asked), texts, ["yes", "no"] * 30))
    assert known(named(fair.evidence), "groups.swap.changed_share").value == 0


def test_without_terms_nothing_can_be_swapped() -> None:
    found = examine_swaps(case_of(lambda asked: ["a"] * len(asked), ["x"] * 50, ["a", "b"] * 25))
    assert isinstance(found.evidence[0], NotMeasured)
    assert all(len(set(words)) > 1 for words in TERMS)


def test_the_part_reads_rows_of_the_group_that_is_worst_served() -> None:
    texts = [f"{'north' if i % 2 else 'south'} {i}" for i in range(200)]
    columns = {"side": tuple(text.split()[0] for text in texts)}

    def answer(asked: list[str]) -> list[str]:
        return [
            "b" if text.startswith("north") and int(text.split()[1]) % 3 else "a" for text in asked
        ]

    case = case_of(
        answer, texts, ["a"] * 199 + ["b"], columns, settings=Settings(columns=("side",))
    )
    found = examine_groups(case)
    assert found.rows
    assert all('of the group "north"' in row.note for row in found.rows)
    assert any(picture.name == "groups.side" for picture in found.pictures)
