"""Attacks keep to their limits, and turn what can be turned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made import case_of, known, named

from lissom.evidence import NotMeasured
from lissom.examine import Case, Effort, Replies
from lissom.examine.adversary import BUDGET, attack_rows, examine_adversary
from lissom.examine.attacks import ATTACKS, STOP_WORDS, begin, slips, synonyms
from lissom.examine.changes import beside
from lissom.examine.synonyms import SYNONYMS

PRUTHI, BUG, SYNONYM = ATTACKS
EFFORT = Effort(probed_rows=40)
LABELS = ["bad" if i % 2 else "good" for i in range(40)]
TEXTS = [
    f"yesterday another parcel arrived {'damaged' if label == 'bad' else 'perfect'} near window"
    f" number{i}"
    for i, label in enumerate(LABELS)
]


def exact(texts: list[str]) -> list[dict[str, float]]:
    """Hang on one spelling of one word."""
    found = []
    for text in texts:
        bad = 0.9 if "damaged" in text else 0.1 if "perfect" in text else 0.5
        # What it does not know it takes for the other class of the row.
        if bad == 0.5:
            bad = 0.1 if text[-1:] in set("13579") else 0.9
        found.append({"bad": bad, "good": 1 - bad})
    return found


def careful(texts: list[str]) -> list[dict[str, float]]:
    """Read nothing that an attack may touch."""
    odd = [int(text[-1]) % 2 if text[-1:].isdigit() else 0 for text in texts]
    return [{"bad": 0.9 if one else 0.1, "good": 0.1 if one else 0.9} for one in odd]


def case_for(answer: object) -> Case:
    return case_of(answer, TEXTS, LABELS, effort=EFFORT)  # type: ignore[arg-type]  # made up


def letters_apart(one: str, other: str) -> int:
    """Return the edits between two words, a swap counted as one."""
    rows = np.zeros((len(one) + 1, len(other) + 1), int)
    rows[:, 0], rows[0] = range(len(one) + 1), range(len(other) + 1)
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            best = min(
                rows[i - 1, j] + 1,
                rows[i, j - 1] + 1,
                rows[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                best = min(best, rows[i - 2, j - 2] + 1)
            rows[i, j] = best
    return int(rows[-1, -1])


@pytest.mark.parametrize("word", ["parcel", "Don't", '"Window,"', "aaaa", "vélos", "REFUND!"])
def test_a_slip_is_one_letter_and_keeps_both_ends(word: str) -> None:
    for seed in range(20):
        made = slips(word, np.random.default_rng(seed))
        assert made
        assert word not in made
        core = word.strip('",!')
        for one in made:
            inside = one.strip('",!')
            assert letters_apart(core, inside) == 1
            assert (inside[0], inside[-1]) == (core[0], core[-1])
            assert one.replace(inside, "") == word.replace(core, "")


def test_stop_words_short_words_and_numbers_are_left_alone() -> None:
    rng = np.random.default_rng(0)
    for word in ("the", "cat", "1234", "--", "", *sorted(STOP_WORDS)):
        assert slips(word, rng) == []
    assert all(len(word) > 3 for word in STOP_WORDS)
    assert not any(synonyms(word, rng) for word in STOP_WORDS)


def test_synonyms_go_both_ways_and_keep_capitals() -> None:
    for word, others in SYNONYMS.items():
        assert word == word.lower().strip()
        assert word not in others
        assert len(set(others)) == len(others) > 0
        assert all(word in SYNONYMS[other] for other in others)
    rng = np.random.default_rng(0)
    assert "BUY" in synonyms("PURCHASE", rng)
    assert synonyms("zebra", rng) == []
    assert synonyms("--", rng) == []


def test_the_keys_beside_a_key_are_letters() -> None:
    assert beside("q") == "w"
    assert all(beside(letter).isalpha() for letter in "abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.key)
def test_an_attack_keeps_to_its_limits(attack: object) -> None:
    made = next(one for one in ATTACKS if one is attack)
    case = case_for(exact)
    tried = attack_rows(case, made, list(range(40)))
    assert [one.row for one in tried] == list(range(40))
    fallen = [one for one in tried if one.fallen is not None]
    assert len(fallen) == 40
    for one in fallen:
        told = one.fallen
        assert told is not None
        before, after = TEXTS[one.row].split(), told.text.split()
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        assert tuple(changed) == told.swaps
        assert 1 <= len(changed) <= told.edits <= made.edits
        assert len(changed) <= max(2, len(before) // 4)
        assert told.queries <= BUDGET
        assert exact([told.text])[0][LABELS[one.row]] < 0.5
        for old, new in changed:
            if made is SYNONYM:
                assert new in SYNONYMS[old]
            else:
                assert letters_apart(old, new) == 1


def test_the_same_seed_gives_the_same_attack_and_rows_do_not_hang_together() -> None:
    whole = attack_rows(case_for(exact), BUG, list(range(40)))
    few = attack_rows(case_for(exact), BUG, [3, 9])
    assert [one for one in whole if one.row in {3, 9}] == few


def test_a_model_that_hangs_on_one_spelling_falls_and_one_that_does_not_stands() -> None:
    weak = named(examine_adversary(case_for(exact)).evidence)
    strong = named(examine_adversary(case_for(careful)).evidence)
    for key in ("pruthi_one", "pruthi", "deepwordbug", "synonym"):
        assert known(weak, f"adversary.{key}.accuracy").value == 0
        assert known(weak, f"adversary.{key}.loss").value == 100
        assert known(strong, f"adversary.{key}.accuracy").value == 1
        assert known(strong, f"adversary.{key}.loss").value == 0
    assert known(weak, "adversary.success").value == 1
    assert known(strong, "adversary.success").value == 0


def test_two_words_of_which_either_suffices_stand_one_letter_and_fall_to_two() -> None:
    def either(texts: list[str]) -> list[dict[str, float]]:
        sure = [0.9 if "damaged" in text or "window" in text else 0.1 for text in texts]
        return [{"bad": one, "good": 1 - one} for one in sure]

    texts = [text for text in TEXTS if "damaged" in text] * 2 + ["perfectly calm evening"]
    labels = ["bad"] * 40 + ["good"]
    found = examine_adversary(case_of(either, texts, labels, effort=Effort(probed_rows=41)))
    figures = named(found.evidence)
    assert known(figures, "adversary.pruthi_one.loss").value == 0
    assert known(figures, "adversary.pruthi.loss").value > 20
    line = next(one for one in found.pictures if one.name == "adversary.pruthi")
    shares = [float(one) for one in line.columns["right"]]
    assert shares[0] == shares[1] > shares[2]


def test_what_was_wrong_before_counts_as_wrong_and_is_not_attacked() -> None:
    def always(texts: list[str]) -> list[str]:
        return ["bad"] * len(texts)

    tried = attack_rows(case_for(always), PRUTHI, list(range(40)))
    assert [one.right for one in tried] == [label == "bad" for label in LABELS]
    figures = named(examine_adversary(case_for(always)).evidence)
    assert known(figures, "adversary.pruthi.accuracy").value == 0.5
    assert known(figures, "adversary.pruthi.loss").value == 0


def test_a_model_that_doubts_what_it_does_not_know_is_not_tricked_unnoticed() -> None:
    def doubting(texts: list[str]) -> Replies:
        table = np.array([[one["bad"], one["good"]] for one in exact(texts)])
        unsure = [not ("damaged" in text or "perfect" in text) for text in texts]
        return Replies(("bad", "good"), table, "all", np.array(unsure))

    figures = named(examine_adversary(case_for(doubting)).evidence)
    assert known(figures, "adversary.success").value == 1
    assert known(figures, "adversary.unnoticed").value == 0

    def deaf(texts: list[str]) -> Replies:
        return replace(doubting(texts), is_unsure=np.zeros(len(texts), np.bool_))

    assert (
        known(named(examine_adversary(case_for(deaf)).evidence), "adversary.unnoticed").value == 1
    )
    silent = named(examine_adversary(case_for(exact)).evidence)["adversary.unnoticed"]
    assert isinstance(silent, NotMeasured)


def test_rows_to_read_show_what_was_put_for_what() -> None:
    rows = examine_adversary(case_for(exact)).rows
    assert len(rows) == 12
    for row in rows:
        for start, end in row.marks:
            assert f'"{row.text[start:end]}" for "' in row.note
        assert "which is right" in row.note


def test_rows_that_cannot_be_touched_are_left_out_and_too_few_say_so() -> None:
    case = case_of(
        lambda texts: ["a"] * len(texts), ["zu da 12"] * 40, ["a"] * 39 + ["b"], effort=EFFORT
    )
    figures = examine_adversary(case).evidence
    assert all(isinstance(item, NotMeasured) for item in figures)
    assert "20 are needed" in figures[0].reason  # type: ignore[union-attr]  # just looked


def test_of_a_long_text_only_some_words_are_weighed() -> None:
    attempt = begin(PRUTHI, " ".join(f"wordy{chr(97 + i % 26)}" for i in range(200)), [0])
    assert len(attempt.usable) == 12
    assert attempt.most_edits == 5


def test_no_attack_asks_more_than_its_budget_about_a_text() -> None:
    text = " ".join([f"wordy{chr(97 + i)}" for i in range(20)])
    case = case_of(lambda texts: ["a"] * len(texts), [text, "b"], ["a", "b"], effort=EFFORT)
    before = case.asker.queries
    (tried,) = attack_rows(case, PRUTHI, [0])
    assert tried.fallen is None
    assert BUDGET - 8 < case.asker.queries - before <= BUDGET
