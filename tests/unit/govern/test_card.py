from __future__ import annotations

from typing import TYPE_CHECKING

import stories
import yaml

from lissom.govern import write_card

if TYPE_CHECKING:
    from lissom.evidence import Story


def header(story: Story) -> dict[str, object]:
    card = write_card(story)
    _, head, _ = card.split("---\n", 2)
    read: dict[str, object] = yaml.safe_load(head)
    return read


def test_the_header_is_yaml_that_the_hub_reads() -> None:
    head = header(stories.shop())
    assert head["pipeline_tag"] == "text-classification"
    assert head["base_model"] == "all-MiniLM-L6-v2"
    index = head["model-index"]
    assert isinstance(index, list)
    kinds = [metric["type"] for metric in index[0]["results"][0]["metrics"]]
    assert kinds == ["accuracy", "f1"]


def test_a_licence_that_nobody_stated_is_said_to_be_missing() -> None:
    card = write_card(stories.shop())
    assert "Licence of the base model: Apache-2.0" in card
    assert "Licence of the data: not stated" in card
    assert "license" not in header(stories.shop())


def test_intervals_classes_and_methods_stand_in_the_body() -> None:
    card = write_card(stories.shop()).replace("\u00a0", " ")
    assert "| refund | 60.0 % | 38.7 to 78.1 % |" in card
    assert "cross-fitted, Wilson; on held-back rows of inbox.csv" in card


def test_what_was_not_measured_is_said_and_the_index_is_left_out() -> None:
    assert "Energy: this machine has no energy counter" in write_card(stories.shop())
    assert "model-index" not in header(stories.nothing())


def test_the_card_holds_no_row() -> None:
    story = stories.shop()
    card = write_card(story)
    assert not [mistake.text for mistake in story.mistakes if mistake.text in card]
    assert "where is it ??" not in card


def test_hostile_names_break_neither_header_nor_table() -> None:
    story = stories.hostile()
    head = header(story)
    index = head["model-index"]
    assert isinstance(index, list)
    assert index[0]["name"].startswith("<script>")
    card = write_card(story)
    assert "<script" not in card.split("---\n", 2)[2].replace("\\<", "")
    rows = [line for line in card.splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5, 6}
    assert "\u202e" not in card


def test_the_same_story_gives_the_same_card() -> None:
    assert write_card(stories.shop()) == write_card(stories.shop())
