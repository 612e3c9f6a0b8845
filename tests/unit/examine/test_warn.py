"""What is said loudly, and the silence over a sound model."""

from __future__ import annotations

import numpy as np
from made import answers, say

from lissom.examine import find_warnings


def test_a_sound_model_is_met_with_silence() -> None:
    truth = [0, 1, 2] * 20
    assert find_warnings(say(truth, [0, 0, 2, *truth[3:]], 3)) == ()


def test_a_collapse_to_one_class_is_said() -> None:
    truth = [0, 1] * 50
    collapsed, *_ = find_warnings(say(truth, [0] * 95 + [1] * 5, 2))
    assert '"kind 0" to 95% of 100 rows' in collapsed
    assert "only 50% are that" in collapsed
    assert find_warnings(say(truth, [0] * 94 + [1] * 6, 2)) == ()


def test_rows_that_really_are_nearly_all_of_one_class_are_no_collapse() -> None:
    truth = [0] * 96 + [1] * 4
    assert find_warnings(say(truth, [0] * 97 + [1] * 3, 2)) == ()


def test_a_class_that_is_never_answered_is_named() -> None:
    truth = [0, 1, 2] * 10
    (unused,) = find_warnings(say(truth, [0, 1, 0] * 10, 3))
    assert unused.startswith('The model never answers "kind 2", though there are rows of it.')


def test_a_class_without_rows_need_not_be_answered() -> None:
    truth = [0, 1] * 10
    assert find_warnings(say(truth, truth, 3)) == ()


def test_of_many_unused_classes_five_are_named_and_the_rest_counted() -> None:
    truth = list(range(9))
    (unused,) = find_warnings(say(truth, [0, 1] * 4 + [0], 9))
    assert '"kind 6" and 2 more' in unused


def test_no_rows_are_met_with_silence() -> None:
    assert find_warnings(answers(np.zeros(0, np.int64), np.zeros((0, 2)))) == ()
