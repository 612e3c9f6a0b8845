"""Rows of odd shapes, end to end with a tiny random encoder: built, said plainly, answered."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.evidence import Evidence, NotMeasured
from lissom.evidence.names import find_name
from lissom.learn import CHEAP, Schedule
from lissom.pipeline import Declared, Order, build, load
from lissom.pipeline.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tiny_models import Made

    from lissom.evidence import Story
    from lissom.pipeline import Built
    from lissom.pipeline.places import Places

CLASSES = ("delivery", "praise", "refund")
QUICK = Recipe(schedule=Schedule(CHEAP))
"""Without tuned encoders, which these tests are not about."""


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def labelled(made: Made, kept: Sequence[int]) -> list[tuple[str, str]]:
    """Return the tiny texts, of which some rows have their label."""
    names = [CLASSES[kind] for kind in made.kinds]
    return [
        (text, name if at in set(kept) else "")
        for at, (text, name) in enumerate(zip(made.texts, names, strict=True))
    ]


def figure(story: Story, name: str) -> Evidence:
    found = story.find(name)
    assert isinstance(found, Evidence), found
    return found


@pytest.fixture(scope="module")
def zero_shot(
    made: Made, tiny_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("zero")
    rows = write(folder / "rows.csv", ["message"], [[text] for text in made.texts])
    listed = folder / "classes.toml"
    listed.write_text(
        'delivery = "parcel late courier"\n[praise]\ndescription = "lovely great"\n'
        'examples = ["happy thanks best"]\n[refund]\ndescription = "money back"\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from lissom.faces.cli import main; main()"),
            *("build", str(rows), "--classes", str(listed), "--base", str(tiny_base)),
            *("--out", str(folder / "shop"), "--json", "--threads", "1"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LISSOM_HOME": str(folder / "home")},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return folder, found


def test_a_start_from_names_is_said_plainly_and_nothing_is_measured(
    zero_shot: tuple[Path, dict[str, object]],
) -> None:
    _, found = zero_shot
    assert found["outcome"] == "not enough data"
    assert "zero-shot" in str(found["headline"])
    reasons, warnings = found["reasons"], found["warnings"]
    assert isinstance(reasons, list)
    assert "no row has a label" in reasons[0]
    assert isinstance(warnings, list)
    assert "was not measured" in warnings[0]
    missing = found["not_measured"]
    assert isinstance(missing, list)
    names = {item["name"] for item in missing}
    assert {"task.accuracy", "task.macro_f1", "calibration.ece"} <= names
    evidence = found["evidence"]
    assert isinstance(evidence, list)
    shown = {item["name"] for item in evidence}
    assert not any(name.startswith(("task.", "calibration.ece")) for name in shown)
    assert {"start.largest_share", "start.unused_classes", "start.stability"} <= shown
    assert all(find_name(name) for name in shown | names)


def test_its_bundle_answers_with_the_listed_classes(
    zero_shot: tuple[Path, dict[str, object]], made: Made
) -> None:
    folder, _ = zero_shot
    model = load(folder / "shop", trust=False, threads=1)
    assert model.labels == CLASSES
    answers = model.predict(made.texts[:20])
    assert {answer.label for answer in answers} <= set(CLASSES)
    recipe = read_recipe((folder / "shop" / "recipe.toml").read_bytes(), "recipe.toml")
    assert recipe.recipe.schedule == Schedule()


def test_its_report_and_card_say_it_too(zero_shot: tuple[Path, dict[str, object]]) -> None:
    folder, _ = zero_shot
    report = (folder / "shop" / "report.html").read_text(encoding="utf-8")
    card = (folder / "shop" / "card.md").read_text(encoding="utf-8")
    assert "zero-shot" in report
    assert "zero-shot" in card


def build_rows(folder: Path, rows: Path, base: Path, places: Places, **order: object) -> Built:
    asked = Order(
        rows,
        out=folder / "shop",
        base=str(base),
        threads=1,
        recipe=QUICK,
        **order,  # type: ignore[arg-type]  # the fields of an order
    )
    return build(asked, places=places)


def test_one_label_for_each_class_is_learned_and_said_not_to_be_measured(
    made: Made, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    kept = [int(np.flatnonzero(made.kinds == kind)[0]) for kind in range(3)]
    rows = write(tmp_path / "rows.csv", ["text", "label"], labelled(made, kept))
    story = build_rows(tmp_path, rows, tiny_base, tiny_places).story
    accuracy = story.find("task.accuracy")
    assert isinstance(accuracy, NotMeasured)
    assert "3 of 3 labels" in accuracy.reason
    assert story.verdict.outcome == "not enough data"
    assert any("second row of each class" in warning for warning in story.warnings)
    (candidate,) = story.candidates
    assert candidate.name == "propagation"
    assert isinstance(candidate.accuracy, NotMeasured)


def test_a_class_with_a_name_only_can_be_answered_and_is_warned_about(
    made: Made, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    kept = [at for at in range(120) if made.kinds[at] != 1]
    rows = write(tmp_path / "rows.csv", ["text", "label"], labelled(made, kept))
    built = build_rows(
        tmp_path, rows, tiny_base, tiny_places, declared=Declared("delivery,praise,refund")
    )
    assert any('"praise" has no labelled row' in warning for warning in built.story.warnings)
    assert built.story.verdict.outcome != "pass"
    answers = load(built.bundle, trust=False, threads=1).predict(made.texts)
    assert "praise" in {answer.label for answer in answers}


def test_a_catch_all_is_recognised_and_said(
    made: Made, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    rows = labelled(made, range(150))
    renamed = [(text, "other" if name == "praise" else name) for text, name in rows]
    path = write(tmp_path / "rows.csv", ["text", "label"], renamed)
    notes: list[str] = []

    class Hears:
        def stage(self, name: str, detail: str = "") -> None:
            notes.append(f"{name} {detail}")

        def step(self, done: int, total: int) -> None:
            assert done <= total or not total

        def note(self, text: str) -> None:
            notes.append(text)

    order = Order(path, out=tmp_path / "shop", base=str(tiny_base), threads=1, recipe=QUICK)
    story = build(order, progress=Hears(), places=tiny_places).story
    assert any('"other" is taken for the class of whatever fits no other' in n for n in notes)
    assert figure(story, "task.class.other.recall").value > 0.3


def test_texts_past_the_encoders_length_are_read_in_pieces_and_counted(
    made: Made, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    """Planted: what tells the classes apart stands behind what the encoder reads at once."""
    # Every third text is short; 140 words of filling are longer than 128 tokens.
    filling = " ".join(["the my is was it and a so very again today shop"] * 12)
    rows = [
        (text if at % 3 == 0 else f"{filling} {text}", name)
        for at, (text, name) in enumerate(labelled(made, range(300)))
    ]
    path = write(tmp_path / "rows.csv", ["text", "label"], rows)
    built = build_rows(tmp_path, path, tiny_base, tiny_places)
    share = figure(built.story, "data.long_share")
    assert abs(share.value - 2 / 3) < 0.01
    assert "up to 4 pieces" in share.method
    assert figure(built.story, "data.cut_share").value == 0
    accuracy = figure(built.story, "task.accuracy").value
    assert accuracy > 0.6
    settings = json.loads((built.bundle / "answer.json").read_bytes())
    assert settings["max_windows"] == 4
    model = load(built.bundle, trust=False, threads=2)
    long = [text for text, _ in rows[1:12]]
    together = model.answer(long).probabilities
    for text, wanted in zip(long, together, strict=True):
        assert model.answer([text]).probabilities[0].tobytes() == wanted.tobytes()


def test_a_thousand_classes_are_built_and_answered(
    tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    letters = "bcdfghklmnprstvz"
    names = sorted(
        {
            f"{letters[a]}o{letters[b]}i {letters[c]}a{letters[d]}u"
            for a, b, c, d in rng.integers(0, len(letters), (1200, 4))
        }
    )[:1000]
    assert len(names) == 1000
    rows = [(f"my {name} is {word}", name) for name in names for word in ("late", "broken")]
    rows += [(f"where is {name}", "") for name in names[::4]]
    path = write(tmp_path / "rows.csv", ["text", "label"], rows)
    built = build_rows(tmp_path, path, tiny_base, tiny_places)
    assert figure(built.story, "data.classes").value == 1000
    assert figure(built.story, "task.accuracy").value > 0.1
    answers = load(built.bundle, trust=False, threads=1).predict([rows[0][0], rows[-1][0]])
    assert {answer.label for answer in answers} <= set(names)
