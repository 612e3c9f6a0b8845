from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import stories

from lissom.evidence import Evidence, NotMeasured, Picture
from lissom.govern import write_private, write_report

if TYPE_CHECKING:
    from lissom.evidence import Measured, Story

STORIES = {
    "shop": stories.shop,
    "many": stories.many,
    "two": stories.two,
    "nothing": stories.nothing,
    "hostile": stories.hostile,
    "failing": stories.failing,
    "thin": stories.thin,
    "labels": stories.labels,
}
VOID = {"meta", "br", "hr", "col", "img", "input", "link"}


class Page(HTMLParser):
    """Every element and attribute of a page, and whether each one is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module", params=sorted(STORIES))
def story(request: pytest.FixtureRequest) -> Story:
    built: Story = STORIES[request.param]()
    return built


def test_every_element_is_closed_where_it_was_opened(story: Story) -> None:
    page = Page(write_private(story))
    assert page.open == []
    assert len(page.elements) > 50


def test_ids_are_unique_and_every_reference_finds_one(story: Story) -> None:
    elements = Page(write_private(story)).elements
    ids = [given["id"] for _, given in elements if "id" in given]
    assert len(ids) == len(set(ids))
    named = " ".join(given.get("aria-labelledby") or "" for _, given in elements).split()
    linked = [(given["href"] or "")[1:] for tag, given in elements if tag == "a"]
    assert set(named) | set(linked) <= set(ids)


def test_nothing_runs_or_is_loaded_whatever_the_names_are(story: Story) -> None:
    for tag, given in Page(write_private(story)).elements:
        assert tag not in {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
        assert not [name for name in given if name.startswith("on") or name in {"src", "style"}]
        assert (given.get("href") or "#").startswith("#")


def test_the_policy_allows_this_very_style_and_nothing_else() -> None:
    page = write_report(stories.shop(), private=False)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert "url(" not in style.group(1)
    assert "@import" not in style.group(1)


def test_no_invisible_or_turning_character_reaches_the_page() -> None:
    page = write_private(stories.hostile())
    page.encode()  # a lone half of a surrogate pair could not be written
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", page)
    assert "[U+202E]" in page


def test_hostile_words_are_shown_as_they_are_written() -> None:
    words = "".join(Page(write_private(stories.hostile())).words)
    for name in stories.HOSTILE[0], stories.HOSTILE[1], stories.HOSTILE[5]:
        assert name in words


def test_the_report_that_travels_holds_no_text_and_no_row() -> None:
    story = stories.shop()
    secret = [mistake.text for mistake in story.mistakes]
    secret += [words for rows in story.rows_to_read.values() for _, words in rows]
    public, private = write_report(story, private=False), write_private(story)
    assert not [words for words in secret if words in public]
    assert all(words in private for words in secret)
    assert not re.search(r"\bRow \d", public)
    assert "Row 5." in private


def test_the_same_story_gives_the_same_bytes() -> None:
    assert write_private(stories.shop()) == write_private(stories.shop())


def test_a_report_on_77_classes_stays_under_600_kb() -> None:
    assert len(write_private(stories.many(77)).encode()) < 600_000


def test_1000_classes_are_listed_and_only_the_worst_are_drawn() -> None:
    page = write_report(stories.many(1000), private=False)
    assert "the weakest 15 of 1,000 classes" in page
    assert "the 12 most frequent of" in page
    assert 'class="chart heat"' not in page


def test_few_classes_get_the_whole_heat_map() -> None:
    page = write_report(stories.two(), private=False)
    assert re.search(r'class="chart heat" width="\d+"', page)


def test_every_drawing_has_a_title_a_description_and_a_table() -> None:
    page = write_report(stories.shop(), private=False)
    drawings = re.findall(r'<svg [^>]*role="img"[^>]*><title[^>]*>.+?</title><desc[^>]*>.', page)
    assert len(drawings) == page.count('role="img"') >= 6
    for block in re.findall(r"<figure>.*?</figure>", page, re.DOTALL):
        assert "<table>" in block or "No class was taken" in block


def test_sections_come_in_the_order_a_person_asks() -> None:
    page = write_private(stories.shop())
    order = ["verdict", "w", "mistakes", "classes", "confusion", "calibration", "answers", "cost"]
    order += ["candidates", "findings", "facts", "changes", "evidence", "unknown"]
    places = [page.index(f'id="{key}"') for key in order]
    assert places == sorted(places)


def test_numbers_are_written_for_people() -> None:
    page = write_report(stories.shop(), private=False).replace("\u00a0", " ")
    assert "2,413 texts/s" in page
    assert re.search(r"\d\d\.\d % \(\d\d\.\d to \d\d\.\d %, n = 240\)", page)
    assert "0.8125" not in page


def test_what_was_not_measured_is_said_with_its_reason_and_never_as_nought() -> None:
    page = write_report(stories.nothing(), private=False).replace("\u00a0", " ")
    assert page.count("there were 0 labelled rows") > 30
    assert not re.search(r">0(\.0)? (%|ms|MiB|texts/s)", page)


def test_a_row_of_ten_million_letters_is_cut_and_says_so() -> None:
    story = stories.shop()
    long = replace(story.mistakes[0], text="x" * 10_000_000)
    page = write_private(replace(story, mistakes=(long,)))
    assert len(page) < 200_000
    assert "and 9,999,300 more characters" in page


def test_a_gate_that_did_not_hold_is_named_at_the_top() -> None:
    story = stories.shop()
    verdict = replace(story.verdict, outcome="fail", failed_gates=("min_accuracy",))
    page = write_report(replace(story, verdict=verdict), private=False)
    assert "Gates not held: min_accuracy" in page


def test_ways_that_a_budget_tried_are_listed_and_drawn_and_who_pays_is_folded_in() -> None:
    plain = stories.shop()
    found: list[Measured] = []
    for at, way in enumerate(("int8, 4 %", "float32, all read")):
        for figure, unit in (("size_mib", "MiB"), ("expected_loss", "points")):
            name = f"frontier.{way}.{figure}"
            found.append(Evidence(name, 25.0 + at, None, None, 1, unit, "counted", "files"))
        found.append(NotMeasured(f"frontier.{way}.latency_p95_ms", "not needed"))
        found.append(NotMeasured(f"frontier.{way}.throughput_texts_per_s", "not needed"))
    found.append(stories.share("compression.class.late parcel.disagreement", 7, 20))
    columns: dict[str, tuple[str | float | int, ...]] = {
        "MiB": (25, 26),
        "accuracy kept": (0.995, 1.0),
        "point": ("int8, 4 %", "float32, all read"),
    }
    drawn = Picture("frontier.size", "Kept", "dots", columns, "MiB", "accuracy kept")
    story = replace(plain, evidence=(*plain.evidence, *found), pictures=(*plain.pictures, drawn))
    page = write_report(story, private=False)
    words = " ".join(Page(page).words)
    assert "Ways of making it small that were tried" in words
    assert "float32, all read" in words
    assert "Who pays for shrinking" in words
    assert "late parcel" in words
    assert 'id="frontier-size-title"' in page
    assert "More pictures" not in words
    before = write_report(plain, private=False)
    assert "Ways of making it small" not in before
    assert "Who pays" not in before
