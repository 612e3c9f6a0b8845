"""The whole pipeline, on a tiny encoder: what comes out is whole, and the same every time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest

from lissom.bundle import load_trust, open_bundle, verify
from lissom.errors import SizeBudgetError, UntrustedSignerError
from lissom.evidence.written import read_evidence
from lissom.pipeline import Budget, Order, build
from lissom.pipeline.recipe import read_recipe
from lissom.runtime import load_model

if TYPE_CHECKING:
    from pathlib import Path

    from tiny_models import Made

    from lissom.pipeline.places import Places

TODAY = date(2026, 11, 23)
ANSWERING = ("model.onnx", "tokenizer.json", "lexical.safetensors", "answer.json")


def test_a_bundle_opens_for_those_who_trust_its_key_and_answers(
    tiny_bundle: Path, tiny_places: Places, made: Made
) -> None:
    bundle = open_bundle(tiny_bundle, trust=load_trust(tiny_places.config, TODAY))
    model = load_model(bundle, threads=1)
    answers = model.answer(made.texts)
    assert model.settings.classes == ("delivery", "praise", "refund")
    assert (answers.probabilities.argmax(axis=1) == made.kinds).mean() > 0.8
    for i in (0, 17, 200):
        alone = model.answer([made.texts[i]])
        assert alone.probabilities[0].tobytes() == answers.probabilities[i].tobytes()


def test_a_stranger_is_told_that_he_does_not_know_the_key(
    tiny_bundle: Path, tiny_places: Places, tmp_path: Path
) -> None:
    with pytest.raises(UntrustedSignerError):
        open_bundle(tiny_bundle, trust=load_trust(tmp_path, TODAY))
    assert not verify(tiny_bundle, trust=load_trust(tmp_path, TODAY)).is_trusted
    assert verify(tiny_bundle, trust=load_trust(tiny_places.config, TODAY)).is_trusted


def test_its_documents_say_what_was_measured_and_done(tiny_bundle: Path) -> None:
    bundle = open_bundle(tiny_bundle, trust=None)
    figures = {item.name for item in read_evidence(bundle.read("evidence.json"))}
    assert {"task.accuracy", "data.labelled_rows", "size.bundle_mib"} <= figures
    assert read_recipe(bundle.read("recipe.toml"), "recipe.toml").seed == 0
    settings = msgspec.json.decode(bundle.read("answer.json"))
    assert settings["max_tokens"] == 128


def test_the_same_order_gives_the_same_bytes_and_repeats_no_stage(
    tiny_bundle: Path, tiny_csv: Path, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    order = Order(tiny_csv, out=tmp_path / "again", base=str(tiny_base), threads=2)
    built = build(order, places=tiny_places)
    assert {"vectors", "learn"} <= set(built.reused)
    for name in ANSWERING:
        assert (built.bundle / name).read_bytes() == (tiny_bundle / name).read_bytes(), name


def test_another_encoder_folder_with_other_settings_shares_nothing_that_was_kept(
    tiny_base: Path, tiny_csv: Path, tiny_places: Places, tiny_bundle: Path, tmp_path: Path
) -> None:
    """The weights are the same file; what differs is how many tokens of a text are read."""
    assert tiny_bundle.is_dir()
    other = tmp_path / "short"
    other.mkdir()
    for path in tiny_base.iterdir():
        if path.is_file():
            (other / path.name).write_bytes(path.read_bytes())
    (other / "sentence_bert_config.json").write_text('{"max_seq_length": 5}')
    order = Order(tiny_csv, out=tmp_path / "one", base=str(other), threads=1)
    shared = build(order, places=tiny_places)
    places = type(tiny_places)(tmp_path / "cache", tiny_places.config)
    alone = build(Order(tiny_csv, out=tmp_path / "two", base=str(other), threads=1), places=places)
    for name in ANSWERING:
        ours, theirs = (built.bundle / name for built in (shared, alone))
        assert ours.read_bytes() == theirs.read_bytes(), name


def test_a_budget_that_cannot_be_met_writes_nothing(
    tiny_base: Path, tiny_csv: Path, tiny_places: Places, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    order = Order(tiny_csv, out=out, base=str(tiny_base), budget=Budget(0.5), threads=1)
    with pytest.raises(SizeBudgetError, match=r"--max-mib"):
        build(order, places=tiny_places)
    assert not out.exists()
    assert list(tmp_path.iterdir()) == []
