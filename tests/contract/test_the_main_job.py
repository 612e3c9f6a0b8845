"""The main job end to end, with a tiny random encoder: build, predict, show, verify, serve."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from lissom.evidence.names import find_name

if TYPE_CHECKING:
    from pathlib import Path

    from tiny_models import Made

LISSOM = [sys.executable, "-c", "from lissom.faces.cli import main; main()"]
CLASSES = ("delivery", "praise", "refund")


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


@pytest.fixture(scope="module")
def inbox(made: Made, home: Path) -> Path:
    """Return a CSV with an id, blank texts, a broken line and HTML in it."""
    path = home / "inbox.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label"])
        for i, (text, target) in enumerate(zip(made.texts, made.targets, strict=True)):
            writer.writerow([f"m{i}", text, CLASSES[target] if target >= 0 else ""])
        writer.writerow(["blank", "  ", ""])
        writer.writerow(["html", "<script>alert(1)</script> where is my parcel", ""])
    return path


@pytest.fixture(scope="module")
def built(inbox: Path, home: Path, tiny_base: Path) -> dict[str, object]:
    done = run(
        home, "build", inbox, "--base", tiny_base, "--out", home / "shop", "--json", "--seed", 3
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def bundle(built: dict[str, object], home: Path) -> Path:
    assert built["bundle"] == str(home / "shop")
    return home / "shop"


def test_a_build_ends_with_a_verdict_and_figures(built: dict[str, object]) -> None:
    assert built["outcome"] in {"pass", "fail", "not enough data"}
    assert isinstance(built["reasons"], list)
    assert len(built["reasons"]) == 3
    evidence = built["evidence"]
    assert isinstance(evidence, list)
    names = {item["name"] for item in evidence}
    assert {
        "task.accuracy",
        "task.macro_f1",
        "cost.throughput_texts_per_s",
        "cost.latency_p50_ms",
        "size.bundle_mib",
    } <= names
    keys = {"name", "value", "low", "high", "n", "unit", "method", "source"}
    assert all(set(item) == keys for item in evidence)


def test_every_figure_of_a_build_is_documented(built: dict[str, object]) -> None:
    evidence, missing = built["evidence"], built["not_measured"]
    assert isinstance(evidence, list)
    assert isinstance(missing, list)
    assert len(evidence) > 15
    unknown = [item["name"] for item in [*evidence, *missing] if find_name(item["name"]) is None]
    assert unknown == []


def test_what_a_build_does_not_measure_is_said(built: dict[str, object]) -> None:
    missing = built["not_measured"]
    assert isinstance(missing, list)
    (reason,) = [item["reason"] for item in missing if item["name"] == "privacy.membership_auroc"]
    assert "--train" in reason


def test_predict_writes_one_row_for_each_row_in_order(
    bundle: Path, inbox: Path, home: Path
) -> None:
    out = home / "answers.csv"
    done = run(home, "predict", bundle, inbox, "--out", out)
    assert done.returncode == 0, done.stderr
    with inbox.open(encoding="utf-8", newline="") as file:
        given = list(csv.DictReader(file))
    with out.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["id"] for row in found] == [row["id"] for row in given]
    assert [row["text"] for row in found] == [row["text"] for row in given]
    assert list(found[0]) == ["id", "text", "label", "predicted_label", "probability", "unsure"]
    assert {row["predicted_label"] for row in found} <= set(CLASSES)
    blank = next(row for row in found if row["id"] == "blank")
    assert blank["unsure"] == "true"


def test_one_text_gets_the_answer_that_it_gets_in_a_file(bundle: Path, home: Path) -> None:
    with (home / "answers.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    done = run(home, "predict", bundle, "--say", row["text"], "--json")
    alone = json.loads(done.stdout)
    assert alone["label"] == row["predicted_label"]
    assert round(alone["probability"], 6) == float(row["probability"])


def test_the_words_that_decided_stand_in_the_text_and_in_a_column(bundle: Path, home: Path) -> None:
    text = "where is my parcel today"
    done = run(home, "predict", bundle, "--say", text, "--why", "--json")
    why = json.loads(done.stdout)["why"]
    assert why["label"] == json.loads(done.stdout)["label"]
    assert sorted(one["words"] for one in why["reasons"]) == sorted(text.split())
    for one in why["reasons"]:
        assert text[one["start"] : one["end"]] == one["words"]
    few = home / "few.csv"
    few.write_text(f'text\n{text}\n""\n', encoding="utf-8")
    out = home / "few-answers.csv"
    assert run(home, "predict", bundle, few, "--out", out, "--why").returncode == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["why"] for row in rows] == [why["sentence"], ""]


def test_the_same_recipe_and_seed_give_the_same_predictions(
    bundle: Path, inbox: Path, home: Path, tiny_base: Path
) -> None:
    again = home / "again"
    options = ("--base", tiny_base, "--out", again, "--seed", 3, "--fresh")
    assert run(home, "build", inbox, *options).returncode == 0
    for name in ("model.onnx", "lexical.safetensors", "answer.json", "tokenizer.json"):
        assert (again / name).read_bytes() == (bundle / name).read_bytes(), name


def test_a_second_build_repeats_nothing_and_says_so(
    inbox: Path, home: Path, tiny_base: Path, bundle: Path
) -> None:
    options = ("--base", tiny_base, "--out", bundle, "--seed", 3, "--json")
    found = json.loads(run(home, "build", inbox, *options).stdout)
    assert {"vectors", "learn"} <= set(found["reused"])


def test_more_labels_reuse_the_vectors_and_name_what_changed(
    inbox: Path, home: Path, tiny_base: Path, bundle: Path, made: Made
) -> None:
    more = home / "more.csv"
    with inbox.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, kind in zip(rows, made.kinds, strict=False):
        row["label"] = CLASSES[kind]
    with more.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "label"])
        writer.writeheader()
        writer.writerows(rows)
    copy = home / "copy"
    copy.mkdir()
    for path in bundle.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    found = json.loads(
        run(home, "build", more, "--base", tiny_base, "--out", copy, "--seed", 3, "--json").stdout
    )
    assert "vectors" in found["reused"]
    assert "learn" not in found["reused"]
    assert any(change.startswith("labelled rows: 240") for change in found["changes"])


def test_verify_ends_with_0_and_after_one_changed_byte_with_5(bundle: Path, home: Path) -> None:
    assert run(home, "verify", bundle).returncode == 0
    copy = home / "changed"
    copy.mkdir()
    for path in bundle.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    card = copy / "card.md"
    raw = card.read_bytes()
    card.write_bytes(raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:])
    done = run(home, "verify", copy)
    assert done.returncode == 5
    assert "card.md" in done.stderr
    assert run(home, "predict", copy, "--say", "hello").returncode == 5


def test_a_bundle_of_a_stranger_is_not_served(bundle: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "predict", bundle, "--say", "hello")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_no_row_of_the_data_is_in_the_bundle(bundle: Path, made: Made) -> None:
    for path in bundle.iterdir():
        raw = path.read_bytes()
        found = [text for text in made.texts if len(text) > 20 and text.encode() in raw]
        assert found == [], path.name


def test_the_private_report_holds_the_mistakes(built: dict[str, object], bundle: Path) -> None:
    private = bundle.with_name("report-private.html")
    assert built["private_report"] == str(private)
    assert "<script>alert" not in private.read_text(encoding="utf-8")


def test_a_failed_gate_ends_with_3_and_leaves_a_bundle(
    inbox: Path, home: Path, tiny_base: Path
) -> None:
    out = home / "gated"
    options = ("--base", tiny_base, "--out", out, "--seed", 3, "--min-accuracy", "1.0", "--json")
    done = run(home, "build", inbox, *options)
    assert done.returncode == 3
    assert json.loads(done.stdout)["failed_gates"] == ["min_accuracy"]
    assert run(home, "verify", out).returncode == 0


def test_an_impossible_budget_ends_with_4_and_leaves_no_bundle(
    inbox: Path, home: Path, tiny_base: Path
) -> None:
    out = home / "small"
    done = run(home, "build", inbox, "--base", tiny_base, "--out", out, "--max-mib", "0.01")
    assert done.returncode == 4
    assert "MiB" in done.stderr
    assert not out.exists()


def test_one_class_is_one_sentence(home: Path, tiny_base: Path) -> None:
    path = home / "one.csv"
    path.write_text("text,label\nhello there,a\nbye now,a\n", encoding="utf-8")
    done = run(home, "build", path, "--base", tiny_base, "--label", "label", "--text", "text")
    assert done.returncode == 1
    assert 'found only "a"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_few_rows_are_not_enough_data(home: Path, tiny_base: Path) -> None:
    path = home / "few.csv"
    rows = [f"where is parcel {i},delivery\nlovely shop {i},praise" for i in range(4)]
    path.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = run(home, "build", path, "--base", tiny_base, "--out", home / "few", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] in {"not enough data", "fail"}


def test_a_test_file_is_what_the_artefact_is_measured_on(
    inbox: Path, home: Path, tiny_base: Path, made: Made
) -> None:
    test = home / "test.csv"
    with test.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for i, kind in list(enumerate(made.kinds))[:60]:
            writer.writerow([f"{made.texts[i]} number {i}", CLASSES[kind]])
        writer.writerow(["something else entirely", "never seen"])
    options = ("--base", tiny_base, "--out", home / "tested", "--test", test, "--json")
    done = run(home, "build", inbox, *options)
    assert done.returncode == 0, done.stderr
    figures = {item["name"]: item for item in json.loads(done.stdout)["evidence"]}
    assert figures["task.accuracy"]["n"] == 61
    assert figures["task.accuracy"]["source"] == "test.csv"
    assert "artefact" in figures["task.accuracy"]["method"]
    # A label that training never saw cannot be right.
    assert figures["task.class.never seen.recall"]["value"] == 0
    assert figures["compression.accuracy_loss"]["n"] == 61


def test_serve_answers_as_predict_does(bundle: Path, home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*LISSOM, "serve", str(bundle), "--port", str(port)],
        env={**os.environ, "LISSOM_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        at = f"http://127.0.0.1:{port}"
        wait_until_ready(f"{at}/health/ready", server)
        body = json.dumps({"texts": ["where is my parcel", "lovely shop"]}).encode()
        kind = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{at}/predict", body, kind)  # noqa: S310 - our loopback
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - likewise
            served = json.loads(answer.read())["predictions"]
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
    lines = run(home, "predict", bundle, "-", "--json", stdin="where is my parcel\nlovely shop\n")
    printed = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [one["label"] for one in served] == [one["label"] for one in printed]
    assert [one["probability"] for one in served] == [one["probability"] for one in printed]


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - likewise
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server was never ready")
