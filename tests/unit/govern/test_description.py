"""What only a person can say: read strictly, kept, and never guessed."""

from __future__ import annotations

import msgspec
import pytest

from lissom.errors import DescriptionError, UnknownQuestionError
from lissom.govern.description import (
    MISSING,
    QUESTIONS,
    Description,
    put_answers,
    read_description,
    write_description,
)


def test_every_place_for_an_answer_has_a_question_and_no_question_is_without_one() -> None:
    places = {
        f"{group}.{name}"
        for group in Description.__struct_fields__
        for name in getattr(Description(), group).__struct_fields__
    }
    asked = [one.key for one in QUESTIONS]
    assert set(asked) == places
    assert len(asked) == len(places)


def test_only_a_few_questions_are_asked_without_being_asked_for() -> None:
    assert sum(one.is_first for one in QUESTIONS) < 15


def test_nothing_said_is_all_missing() -> None:
    nothing = Description()
    assert nothing.missing == tuple(one.key for one in QUESTIONS)
    assert {nothing.say(one.key) for one in QUESTIONS} == {MISSING}


def test_answers_are_kept_and_taken_back() -> None:
    said = put_answers(
        Description(), {"use.purpose": ' A "quoted" one ', "use.shared": "Model"}, "d"
    )
    assert (said.use.purpose, said.use.shared) == ('A "quoted" one', "model")
    assert read_description(write_description(said), "d") == said
    back = put_answers(said, {"use.purpose": "  "}, "d")
    assert back.use.purpose is None
    assert back.use.shared == "model"


@pytest.mark.parametrize(("typed", "found"), [("yes", True), ("N", False), ("True", True)])
def test_yes_and_no_are_read(typed: str, found: bool) -> None:  # noqa: FBT001 - a claim
    assert put_answers(Description(), {"use.commercial": typed}, "d").use.commercial is found


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("use.commercial", "perhaps", "neither yes nor no"),
        ("use.shared", "everyone", "internal, service, model"),
        ("data.licence", "free for all!", "no licence as SPDX writes them"),
        ("about.licence", "MIT OR", "a name is missing"),
        ("use.purpose", "x" * 5000, "length <= 4000"),
    ],
)
def test_an_answer_that_means_nothing_is_refused(key: str, typed: str, says: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        put_answers(Description(), {key: typed}, "description.toml")
    assert says in str(caught.value)
    assert "description.toml" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_key_that_is_none_is_refused_and_the_nearest_named() -> None:
    with pytest.raises(UnknownQuestionError, match=r"use\.purpose"):
        put_answers(Description(), {"use.purpos": "x"}, "d")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"[use]\nreason = 'x'", "unknown field `reason`"),
        (b"[use]\ncommercial = 'yes'", "Expected `bool"),
        (b"[use]\npurpose = ''", "length >= 1"),
        (b"purpose = 'x'", "unknown field `purpose`"),
        (b"[use", "description.toml: "),
        (b"\xff", "utf-8"),
        (b"a = " + b"[" * 5000, "description.toml: "),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(raw: bytes, says: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        read_description(raw, "description.toml")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_nobody_answered_is_not_written() -> None:
    said = put_answers(Description(), {"law.risks": "See the register."}, "d")
    assert write_description(said).decode().count("=") == 1
    assert msgspec.to_builtins(said) == {"law": {"risks": "See the register."}}
