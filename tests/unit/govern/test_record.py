"""story.json: all that documents need, and nothing of anybody's rows."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import get_args

import dossiers
import msgspec
import pytest
import stories

from lissom.errors import StoryFileError
from lissom.evidence import Picture, Story
from lissom.evidence.picture import Shape
from lissom.evidence.written import read_evidence
from lissom.govern.record import (
    ELSEWHERE,
    PRIVATE,
    PUBLIC,
    make_public,
    read_record,
    read_version,
    write_record,
)

STORIES = (stories.shop, stories.many, stories.two, stories.nothing, stories.failing, stories.thin)


def test_of_every_field_of_a_story_somebody_has_said_whether_it_may_travel() -> None:
    assert sorted((*PUBLIC, *PRIVATE, *ELSEWHERE)) == sorted(one.name for one in fields(Story))


@pytest.mark.parametrize("make", STORIES, ids=lambda make: make.__name__)
def test_what_is_written_is_read_back_but_for_what_is_private(make: object) -> None:
    story = make()
    files = dossiers.make_files(story)
    record = read_record(files["story.json"], read_evidence(files["evidence.json"]))
    told = dossiers.settle(story, record.gates, record.classes)
    assert record.story == replace(
        make_public(told), evidence=read_evidence(files["evidence.json"])
    )
    assert (record.tables, record.licences) == (dossiers.TABLES, dossiers.LICENCES)
    assert write_record(record) == files["story.json"]


@pytest.mark.parametrize("shape", get_args(Shape))
def test_a_picture_of_every_shape_is_written_and_read_back(shape: Shape) -> None:
    columns: dict[str, tuple[str | float | int, ...]] = {"x": (1, 2), "y": (3.0, 4.0), "n": (5, 6)}
    picture = Picture("a", "A", shape, columns, "x", "y", colour="n")
    files = dossiers.make_files(replace(stories.shop(), pictures=(picture,)))
    record = read_record(files["story.json"], read_evidence(files["evidence.json"]))
    assert record.story.pictures == (picture,)


def test_no_row_and_no_number_of_a_row_travels() -> None:
    story = stories.shop()
    raw = dossiers.make_files(story)["story.json"].decode()
    secret = [one.text for one in story.mistakes]
    secret += [text for rows in story.rows_to_read.values() for _, text in rows]
    assert secret
    assert not [text for text in secret if text in raw]
    for finding in json.loads(raw)["story"]["findings"]:
        assert (finding["rows"], finding["scores"]) == ([], [])
        assert finding["count"] > 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda tree: tree.pop("day"), "missing required field `day`"),
        (lambda tree: tree.update(more=1), "unknown field `more`"),
        (lambda tree: tree["story"].pop("verdict"), "verdict"),
        (lambda tree: tree["story"]["verdict"].update(outcome="great"), "Invalid enum value"),
        (lambda tree: tree["story"].update(findings=[{}]), "missing required field"),
        (lambda tree: tree["gates"].update(min_accuracy=85), "is not a share between 0 and 1"),
        (lambda tree: tree.update(day="soon"), "Invalid"),
        (lambda tree: tree["story"].update(candidates=[{"name": "a"}]), "missing required field"),
    ],
)
def test_what_is_no_story_is_refused(change: object, says: str) -> None:
    tree = json.loads(dossiers.make_files()["story.json"])
    change(tree)
    with pytest.raises(StoryFileError) as caught:
        read_record(json.dumps(tree).encode())
    assert says in str(caught.value)
    assert caught.value.exit_code == 5


def test_the_version_is_read_from_whatever_a_later_one_holds() -> None:
    assert read_version(b'{"version": 7, "news": [1]}') == 7
    for raw in (b"{}", b"[]", b'{"version": "1"}'):
        with pytest.raises(StoryFileError):
            read_version(raw)


def test_whole_numbers_stay_whole_and_fractions_stay_fractions() -> None:
    files = dossiers.make_files(stories.shop())
    record = read_record(files["story.json"])
    picture = next(one for one in record.story.pictures if one.name == "calibration.reliability")
    assert {type(value) for value in picture.columns["rows"]} == {int}
    assert {type(value) for value in picture.columns["stated"]} == {float}
    assert msgspec.json.decode(files["story.json"])["story"]["pictures"]
