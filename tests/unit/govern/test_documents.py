"""The documents: what they state, what they leave MISSING, and that a change is seen."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import dossiers
import pytest
import stories

from lissom.errors import DocumentDiffersError, EvidenceFileError, StoryFileError
from lissom.evidence import Evidence, Finding, NotMeasured
from lissom.govern.annex import find_points
from lissom.govern.description import MISSING, QUESTIONS
from lissom.govern.documents import LINEAGE, REPORT, WRITERS, check_documents, write_documents
from lissom.govern.drawing import leave_out
from lissom.govern.framework import REFERENCES
from lissom.govern.lineage import write_lineage

NAMES = (*WRITERS, REPORT, LINEAGE)
ACCURACY = Evidence("task.accuracy", 0.7312, 0.68, 0.77, 240, "share", "Wilson", "rows")


def written(story: object = None, **more: object) -> dict[str, str]:
    files = dossiers.make_files(story, **more)
    found = write_documents(files, dossiers.FACTS, "shop", leave_out)
    return {name: raw.decode() for name, raw in found.items()}


def bundle(story: object = None, **more: object) -> dict[str, bytes]:
    files = dossiers.make_files(story, **more)
    return files | write_documents(files, dossiers.FACTS, "shop", leave_out)


def check(files: dict[str, bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return check_documents(files, dossiers.FACTS, "shop", leave_out)


STATES = {
    "task.accuracy": set(NAMES) - {"croissant.json", LINEAGE},
    "data.rows": {
        "annex-iv.md",
        "bom.cdx.json",
        "card.md",
        "croissant.json",
        "datasheet.md",
        REPORT,
    },
    "calibration.ece": {"annex-iv.md", "ai-rmf.md", "bom.cdx.json", "card.md", REPORT},
    "energy.joules_per_text": {"annex-iv.md", "ai-rmf.md", "bom.cdx.json", "card.md", REPORT},
    "compression.disagreement": {"annex-iv.md", "bom.cdx.json", "card.md", REPORT},
    "groups.different": {
        "annex-iv.md",
        "ai-rmf.md",
        "bom.cdx.json",
        "card.md",
        "datasheet.md",
        REPORT,
    },
}
"""A figure, and every document that states it."""


@pytest.mark.parametrize("name", STATES)
def test_a_changed_measurement_changes_every_document_that_states_it(name: str) -> None:
    """The other documents stay as they are, but for the hash of the evidence that they rest on."""
    story = stories.shop()
    unit = "rows" if name == "data.rows" else "joules" if "joules" in name else "share"
    if name == "groups.different":
        unit = "groups"
    pair = [
        dossiers.with_figure(
            story, Evidence(name, value, value - 0.01, value + 0.01, 99, unit, "m", "s")
        )
        for value in (0.7312, 0.7589)
    ]
    before, after = (written(one, policy='gates = ["accuracy >= 0.5"]') for one in pair)
    hashes = re.compile(r"[0-9a-f]{64}|urn:uuid:[0-9a-f-]+")
    changed = {one for one in NAMES if hashes.sub("", before[one]) != hashes.sub("", after[one])}
    assert changed == STATES[name]


def test_every_figure_that_was_measured_stands_in_card_report_and_bill() -> None:
    for item in stories.shop().evidence:
        if not isinstance(item, Evidence):
            continue
        story = dossiers.with_figure(stories.shop(), replace(item, n=987_654))
        found = written(story)
        for name, shown in (
            ("card.md", "987,654"),
            (REPORT, "987,654"),
            ("bom.cdx.json", "987654"),
        ):
            is_in_a_table_of_classes = name == "card.md" and "class." in item.name
            assert is_in_a_table_of_classes or shown in found[name], (item.name, name)


def test_what_was_not_measured_is_said_with_its_reason_and_never_as_0() -> None:
    absent = NotMeasured("task.accuracy", "there were only 3 labels")
    found = written(dossiers.with_figure(stories.shop(), absent))
    for name in ("card.md", "annex-iv.md", "ai-rmf.md", "bom.cdx.json", REPORT):
        assert "there were only 3 labels" in found[name], name
    assert "there were only 3 labels" in found["datasheet.md"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_what_nobody_said_is_missing_in_a_document_that_names_the_question(
    question: object,
) -> None:
    nothing = written(description="", policy="")
    asking = [name for name in NAMES if question.key in nothing[name]]
    assert asking or question.key in {"about.licence", "use.commercial"}
    for name in asking:
        assert MISSING in nothing[name]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("use.purpose", "Sorting the mail of a shop."),
        ("use.not_for", "Deciding on refunds."),
        ("use.affected", "A customer waits longer."),
        ("oversight.who", "The desk reads what is unsure."),
        ("data.origin", "The shop's own inbox."),
    ],
)
def test_what_a_person_said_is_quoted_and_no_longer_missing(key: str, answer: str) -> None:
    nothing, said = written(description="", policy=""), written()
    quoting = [name for name in NAMES if answer in said[name]]
    assert len(quoting) >= 2
    for name in quoting:
        assert answer not in nothing[name]
        assert key not in said[name]


def test_the_nine_points_stand_in_order_and_those_only_a_person_can_fill_are_missing() -> None:
    points = find_points(dossiers.make_dossier(description="", policy=""))
    assert [point.number for point in points] == list(range(1, 10))
    missing = {point.number for point in points if all(item.is_missing for item in point.items)}
    assert missing == {5, 7, 8}
    filled = {point.number for point in points if not any(item.is_missing for item in point.items)}
    assert filled == set()
    full = find_points(dossiers.make_dossier(description=EVERYTHING))
    assert [item.asks for point in full for item in point.items if item.is_missing] == []


EVERYTHING = (
    dossiers.DESCRIPTION
    + 'overruled = "By writing to the customer."\nwatched = "Weekly."\n'
    + '[law]\nrisks = "The register."\nstandards = "None."\ndeclaration = "Not needed."\n'
    + 'after_sale = "See the plan."\n'
).replace("[data]\n", '[data]\ncollected = "In 2026."\nkept = "Two years."\n')


def test_nothing_is_missing_when_everything_was_answered() -> None:
    for name, text in written(description=EVERYTHING).items():
        rest = text.replace(f"still has to supply says {MISSING}", "")
        rest = rest.replace(f"{MISSING} names what a person has to supply", "")
        rest = rest.replace(f"marked {MISSING}", "")
        assert MISSING not in rest, name


def test_what_the_audit_does_not_look_for_is_said() -> None:
    found = written()["datasheet.md"]
    assert "The audit does not look for it: content." in found
    looked = written(audited=(*dossiers.AUDITED, "content"))["datasheet.md"]
    assert "The audit looked for it (content) and saw nothing." in looked
    gaps = written(not_looked={"label.error": "too many rows"})["datasheet.md"]
    assert "Not looked for with all means: label.error: too many rows." in gaps
    personal = Finding("personal_data.iban", "high", "Account numbers.", (), (), 3, "Mask them.")
    story = replace(stories.shop(), findings=(personal,))
    assert "Account numbers. (3 rows, high)" in written(story)["datasheet.md"]


def test_references_to_the_framework_are_numbered_as_it_numbers_them() -> None:
    numbers = [one.number for one in REFERENCES]
    assert len(numbers) == len(set(numbers)) > 20
    for one in REFERENCES:
        assert re.fullmatch(r"(GOVERN|MAP|MEASURE|MANAGE) [1-6]\.\d{1,2}", one.number)
        assert one.figures or one.keys or one.where


def test_no_document_holds_a_row() -> None:
    story = stories.shop()
    secret = [one.text for one in story.mistakes]
    secret += [text for rows in story.rows_to_read.values() for _, text in rows]
    for name, text in written(story).items():
        assert not [words for words in secret if words in text], name


def test_hostile_names_break_no_document() -> None:
    # No file that is read gives half a character, and UTF-8 has none to write.
    names = tuple(name.replace("\ud800", "") for name in stories.HOSTILE)
    sound = stories.make_story(names)
    story = replace(stories.hostile(), evidence=sound.evidence, pictures=sound.pictures)
    found = written(story, classes=12)
    for name, text in found.items():
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", text), name
        text.encode()
        if name.endswith(".json"):
            assert json.loads(text)
        if name.endswith(".md"):
            assert "<script" not in text.replace("\\<", "").split("---\n", 2)[-1], name


def test_the_same_files_give_the_same_documents() -> None:
    assert written() == written()


def test_documents_that_say_what_was_measured_pass() -> None:
    checked, unchecked = check(bundle())
    assert len(checked) == len(NAMES) + 1
    assert unchecked == (f"{REPORT}: its drawings, beside which the figures stand as tables",)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_that_was_changed_by_hand_is_found_with_its_line(name: str) -> None:
    files = bundle()
    lines = files[name].split(b"\n")
    at = next(i for i, line in enumerate(lines) if b"8" in line and b"<svg" not in line)
    lines[at] = lines[at].replace(b"8", b"9")
    with pytest.raises(DocumentDiffersError, match=re.escape(f"{name}, line {at + 1}:")) as caught:
        check(files | {name: b"\n".join(lines)})
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("name", NAMES)
def test_a_document_that_was_cut_or_added_to_is_found(name: str) -> None:
    files = bundle()
    for raw in (files[name][:-20], files[name] + b"\nOne more line.\n", b""):
        with pytest.raises(DocumentDiffersError, match=re.escape(name)):
            check(files | {name: raw})


def test_figures_changed_beside_their_documents_are_found() -> None:
    files = bundle()
    better = dossiers.make_files(dossiers.with_figure(stories.shop(), ACCURACY))
    with pytest.raises(DocumentDiffersError):
        check(files | {"evidence.json": better["evidence.json"]})


def test_a_verdict_that_the_figures_do_not_give_is_found() -> None:
    files = bundle(stories.failing())
    tree = json.loads(files["story.json"])
    tree["story"]["verdict"]["outcome"] = "pass"
    changed = files | {"story.json": json.dumps(tree).encode()}
    rewritten = write_documents(
        {name: raw for name, raw in changed.items() if name not in NAMES},
        dossiers.FACTS,
        "shop",
        leave_out,
    )
    with pytest.raises(DocumentDiffersError, match=r"story\.json"):
        check(changed | rewritten)


def test_another_drawing_is_no_difference() -> None:
    files = bundle()
    drawn = files[REPORT].replace(
        b'<svg role="img"></svg>', b'<svg class="x" role="img"><path d="M1 2"/></svg>'
    )
    assert drawn != files[REPORT]
    files = {name: raw for name, raw in files.items() if name != LINEAGE} | {REPORT: drawn}
    dossier = dossiers.make_dossier()
    others = {name: files[name] for name in (*WRITERS, REPORT)}
    assert check(files | {LINEAGE: write_lineage(dossier, others).encode()})[0]


def test_an_older_bundle_and_other_writers_are_said_not_to_be_checked() -> None:
    files = bundle()
    old = {name: raw for name, raw in files.items() if name != "story.json"}
    assert check(old) == (
        (),
        ("documents: the bundle is older than what they could be written again from",),
    )
    tree = json.loads(files["story.json"]) | {"version": 99}
    checked, (why,) = check(files | {"story.json": json.dumps(tree).encode()})
    assert checked == ()
    assert "version 99" in why


@pytest.mark.parametrize(
    ("name", "error"), [("story.json", StoryFileError), ("evidence.json", EvidenceFileError)]
)
def test_what_documents_are_written_from_is_read_strictly(
    name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        check(bundle() | {name: b"{}"})
