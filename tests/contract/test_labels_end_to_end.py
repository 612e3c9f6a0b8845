"""Many labels in a row, from the command to the answers, with a tiny random encoder."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_labels import LABELS, Marked, make_marked

from lissom import LissomLabels, load
from lissom.errors import LabelNameError, NotWatchedError, TooFewClassesError
from lissom.evidence.names import find_name
from lissom.pipeline import Order, build
from lissom.pipeline.places import Places
from lissom.pipeline.serving import Demands, open_model
from lissom.runtime import load_model
from lissom.tasks import Labels, choose_labels

if TYPE_CHECKING:
    from pathlib import Path

LISSOM = [sys.executable, "-c", "from lissom.faces.cli import main; main()"]
NONE = "nothing of the kind"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def run(home: Path, *words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LISSOM, *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LISSOM_HOME": str(home), "NO_COLOR": "1"},
    )


def places(home: Path) -> Places:
    return Places(home / "cache", home / "config")


def write(path: Path, made: Marked) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "message", "labels"])
        for i, (text, cell) in enumerate(zip(made.texts, made.cells, strict=True)):
            rows.writerow([f"m{i}", text, NONE if cell == "-" else cell])
    return path


@pytest.fixture(scope="module")
def made() -> Marked:
    return make_marked(420, seed=4)


@pytest.fixture(scope="module")
def tickets(home: Path, made: Marked) -> Path:
    return write(home / "tickets.csv", made)


@pytest.fixture(scope="module")
def built(home: Path, tickets: Path, tiny_base: Path) -> dict[str, object]:
    options = ("--base", tiny_base, "--out", home / "t", "--json", "--seed", 2, "--none", NONE)
    gate = ("--min-accuracy", "1.0")
    done = run(home, "build", tickets, "--task", "labels", *options, *gate)
    assert done.returncode == 3, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def bundle(built: dict[str, object], home: Path) -> Path:
    assert built["bundle"] == str(home / "t")
    return home / "t"


def figures(built: dict[str, object]) -> dict[str, dict[str, object]]:
    evidence = built["evidence"]
    assert isinstance(evidence, list)
    return {item["name"]: item for item in evidence}


def test_every_figure_that_was_promised_is_there_and_documented(built: dict[str, object]) -> None:
    found = figures(built)
    of_all = (
        "micro_f1",
        "macro_f1",
        "samples_f1",
        "subset_accuracy",
        "hamming_loss",
        "constant_f1",
    )
    wanted = {f"task.{name}" for name in of_all} | {
        f"task.class.{label}.{name}" for label in LABELS for name in ("precision", "recall", "f1")
    }
    assert wanted | {"calibration.ece", "calibration.label_ece"} <= set(found)
    assert "cost.throughput_texts_per_s" in found
    assert "task.accuracy" not in found
    assert [name for name in found if find_name(name) is None] == []
    assert found["data.labelled_rows"]["value"] == 280


def test_labels_are_learned(built: dict[str, object]) -> None:
    found = figures(built)
    assert found["task.micro_f1"]["low"] > found["task.constant_f1"]["value"]  # type: ignore[operator]  # figures
    assert found["task.micro_f1"]["value"] > 0.85  # type: ignore[operator]  # a figure


def test_candidates_are_compared_by_f1_and_one_is_chosen(built: dict[str, object]) -> None:
    candidates = built["candidates"]
    assert isinstance(candidates, list)
    assert {one["name"] for one in candidates} == {"lexical", "frozen", "frozen and lexical"}
    assert sum(one["is_chosen"] for one in candidates) == 1
    assert {one["accuracy"]["name"] for one in candidates} == {"task.micro_f1"}


def test_answer_json_says_its_kind_and_the_manifest_the_task(bundle: Path) -> None:
    settings = json.loads((bundle / "answer.json").read_bytes())
    assert settings["kind"] == "labels"
    assert settings["classes"] == list(LABELS)
    assert settings["none"] == NONE
    assert json.loads((bundle / "manifest.json").read_bytes())["task"] == "text-labels"


def test_its_bundle_is_served_and_refused_where_it_would_be_watched(
    bundle: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISSOM_HOME", str(home))
    version, proof = open_model(bundle, "tickets", Demands(released=False))
    assert isinstance(version.meaning.output, Labels)
    assert any("golden rows" in line for line in proof.checked)
    with pytest.raises(NotWatchedError, match="without --log"):
        open_model(bundle, "tickets", Demands(released=False, watched=True))


def test_predict_writes_sets_and_probabilities_on_request(
    bundle: Path, tickets: Path, home: Path, made: Marked
) -> None:
    out = home / "answers.csv"
    done = run(home, "predict", bundle, tickets, "--out", out, "--probabilities")
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    added = ["predicted_labels", "probability", "unsure"]
    added += [f"probability_{label}" for label in LABELS]
    assert list(rows[0]) == ["id", "message", "labels", *added]
    said = [row["predicted_labels"] for row in rows]
    assert NONE in said
    assert {name for cell in said for name in cell.split("|")} <= {*LABELS, NONE}
    truth = ["|".join(names) or NONE for names in made.sets]
    unseen = [i for i, cell in enumerate(made.cells) if not cell]
    assert np.mean([said[i] == truth[i] for i in unseen]) > 0.6
    for row in rows[:50]:
        names = row["predicted_labels"].split("|")
        inside = [float(row[f"probability_{name}"]) for name in names if name != NONE]
        outside = [float(row[f"probability_{label}"]) for label in LABELS if label not in names]
        assert min([*inside, 1.0]) > 0.05
        assert max([*outside, 0.0]) < 0.95


def test_one_text_gets_what_it_gets_in_a_file(bundle: Path, home: Path, tickets: Path) -> None:
    out = home / "plain.csv"
    assert run(home, "predict", bundle, tickets, "--out", out).returncode == 0
    with out.open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if "|" in row["predicted_labels"])
    alone = json.loads(
        run(home, "predict", bundle, "--say", row["message"], "--json", "--probabilities").stdout
    )
    assert alone["label"] == row["predicted_labels"]
    assert alone["labels"] == row["predicted_labels"].split("|")
    assert round(alone["probability"], 6) == float(row["probability"])
    assert set(alone["probabilities"]) == set(LABELS)
    line = run(home, "predict", bundle, "--say", row["message"]).stdout.split("\t")
    assert line[0] == row["predicted_labels"]


def test_a_row_without_labels_is_an_empty_list(bundle: Path, made: Marked) -> None:
    at = next(i for i, names in enumerate(made.sets) if not names)
    model = load(bundle, trust=False)
    answers = [one for one in model.predict(made.texts) if one.label == NONE]
    assert answers
    assert all(one.labels == () for one in answers)
    assert made.texts[at]


def test_a_batched_answer_is_the_single_answer_bit_for_bit(bundle: Path, made: Marked) -> None:
    model = load(bundle, trust=False)
    texts = [*made.texts[:60], "", "日本語 ☃", "\x00"]
    together = model.answer(texts)
    for i, text in enumerate(texts):
        alone = model.answer([text])
        assert together.probabilities[i].tobytes() == alone.probabilities[0].tobytes()
        assert together.is_unsure[i] == alone.is_unsure[0]
        assert together.is_lexical[i] == alone.is_lexical[0]
    said = model.predict(texts, probabilities=True)
    assert [one.label for one in said] == [model.predict([text])[0].label for text in texts]


def test_labels_follow_from_probabilities_by_the_written_rule(bundle: Path, made: Marked) -> None:
    model = load(bundle, trust=False)
    output = model.output
    assert isinstance(output, Labels)
    chances = model.answer(made.texts).probabilities
    given = choose_labels(chances, output)
    for answer, row in zip(model.predict(made.texts), given, strict=True):
        assert answer.labels == tuple(np.array(LABELS)[row])


def test_the_same_recipe_and_seed_give_the_same_files(
    bundle: Path, tickets: Path, home: Path, tiny_base: Path
) -> None:
    # The task and the word for none are in the recipe.
    recipe = bundle / "recipe.toml"
    order = Order(tickets, out=home / "again", base=str(tiny_base), recipe_file=recipe)
    build(order, places=Places(home / "other-cache", home / "other-config"))
    for name in ("model.onnx", "lexical.safetensors", "answer.json", "tokenizer.json"):
        assert (home / "again" / name).read_bytes() == (bundle / name).read_bytes(), name


def test_show_names_the_task_and_its_figures(bundle: Path, home: Path) -> None:
    done = run(home, "show", bundle)
    assert done.returncode == 0, done.stderr
    assert "text-labels" in done.stdout
    assert "task.micro_f1" in done.stdout


def test_no_row_of_the_data_is_in_the_bundle(bundle: Path, made: Marked) -> None:
    for path in bundle.iterdir():
        raw = path.read_bytes()
        assert [t for t in made.texts if len(t) > 25 and t.encode() in raw] == [], path.name


def test_the_documents_speak_of_labels(bundle: Path) -> None:
    report = (bundle / "report.html").read_text(encoding="utf-8")
    card = (bundle / "card.md").read_text(encoding="utf-8")
    assert "Label by label" in report
    assert "## Label by label" in card
    private = bundle.with_name("report-private.html").read_text(encoding="utf-8")
    assert "Mistakes to read" in private


def test_the_task_is_guessed_and_said_where_most_cells_hold_several(
    home: Path, tiny_base: Path
) -> None:
    rows = make_marked(240, seed=9)
    several = [i for i, names in enumerate(rows.sets) if len(names) > 1]
    kept = Marked(*([part[i] for i in several] for part in (rows.texts, rows.sets, rows.cells)))
    path = write(home / "guessed.csv", kept)
    test = home / "test.csv"
    with test.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["message", "labels"])
        fresh = make_marked(90, seed=10)
        out.writerows(
            (text, "|".join(names) or "strange|delivery")
            for text, names in zip(fresh.texts, fresh.sets, strict=True)
        )
    options = ("--base", tiny_base, "--out", home / "g", "--json", "--test", test)
    done = run(home, "build", path, *options)
    assert done.returncode == 0, done.stderr
    assert "--task labels" in done.stderr
    found = json.loads(done.stdout)
    by_name = {item["name"]: item for item in found["evidence"]}
    assert by_name["task.micro_f1"]["n"] == 90
    assert "the artefact that ships" in by_name["task.micro_f1"]["method"]
    # A label that training never saw is missed, and counted as missed.
    assert by_name["task.class.strange.recall"]["value"] == 0
    assert "compression.accuracy_loss" in by_name
    settings = json.loads((home / "g" / "answer.json").read_bytes())
    assert settings["none"] is None
    said = run(home, "predict", home / "g", "--say", "it was the again", "--json")
    assert len(json.loads(said.stdout)["labels"]) >= 1


def test_a_gate_asks_for_whole_sets(built: dict[str, object]) -> None:
    assert built["failed_gates"] == ["min_accuracy"]
    assert any("All labels right is" in str(reason) for reason in built["reasons"])  # type: ignore[attr-defined]  # a list


def test_what_means_nothing_is_one_sentence(home: Path, tickets: Path) -> None:
    done = run(home, "build", tickets, "--task", "lables")
    assert done.returncode == 2
    assert "Did you mean" in done.stderr
    assert "Traceback" not in done.stderr


def test_labels_that_are_all_the_same_are_one_sentence(home: Path, tiny_base: Path) -> None:
    path = home / "same.csv"
    path.write_text("text,labels\nhello there,a\nbye now,a\nwell,-\n", encoding="utf-8")
    with pytest.raises(TooFewClassesError, match='found only "a"'):
        build(Order(path, task="labels", base=str(tiny_base)), places=places(home))


def test_a_dozen_rows_are_not_enough_and_no_trouble(home: Path, tiny_base: Path) -> None:
    path = write(home / "few.csv", make_marked(12, seed=1))
    order = Order(path, out=home / "few", task="labels", none=NONE, base=str(tiny_base))
    assert build(order, places=places(home)).story.verdict.outcome in {"not enough data", "fail"}


def test_the_estimator_takes_sets(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Marked
) -> None:
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    sets = [set(s) if cell else None for s, cell in zip(made.sets, made.cells, strict=True)]
    model = LissomLabels(seed=2, base=str(tiny_base)).fit(made.texts, sets)
    assert model.classes_.tolist() == list(LABELS)
    truth = np.array([[name in s for name in LABELS] for s in made.sets])
    unseen = np.array([s is None for s in sets])
    assert (model.predict(made.texts)[unseen] == truth[unseen]).mean() > 0.8
    assert model.predict_proba(made.texts[:5]).shape == (5, 3)


def test_the_estimator_gives_back_the_table_it_was_given(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    few = make_marked(60, seed=3)
    truth = np.array([[name in s for name in LABELS] for s in few.sets], np.float64)
    table = np.column_stack([truth[:, ::-1], np.zeros(60)])
    table[50:] = np.nan
    model = LissomLabels(base=str(tiny_base)).fit(few.texts, table)
    assert model.classes_.tolist() == [0, 1, 2, 3]
    found = model.predict(few.texts)
    assert found.shape == (60, 4)
    assert not found[:, 3].any()
    assert (found[:, :3] == truth[:, ::-1]).mean() > 0.7


def test_the_estimator_refuses_names_that_cannot_be_written() -> None:
    for name in ("a|b", "-", " a"):
        with pytest.raises(LabelNameError):
            LissomLabels().fit(["x", "y"], [{name}, {"b"}])
    with pytest.raises(ValueError, match="2 texts but y has 1 rows"):
        LissomLabels().fit(["x", "y"], [{"a"}])


def test_an_answer_without_labels_and_one_with_are_told_apart_by_the_runtime(
    bundle: Path,
) -> None:
    class Files:
        def read(self, name: str) -> bytes:
            return (bundle / name).read_bytes()

    model = load_model(Files(), threads=1)
    assert isinstance(model.settings.output, Labels)
    assert model.answer([]).probabilities.shape == (0, 3)
    assert model.answer(["", "my refund"]).is_unsure[0]
