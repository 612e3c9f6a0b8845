"""Where a base comes from, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from safetensors.numpy import load_file, save_file

from lissom.errors import BaseChangedError, BaseNotFoundError
from lissom.nets import export, find_base, source
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable


def _never(*_args: object, **_kwargs: object) -> str:
    message = "nothing was to be downloaded"
    raise AssertionError(message)


def test_a_folder_is_read_without_the_network(tiny_base: Path) -> None:
    base = find_base(str(tiny_base), download=_never)
    assert (base.max_tokens, base.pooling, base.licence) == (128, "mean", "not stated")
    assert base.config["model_type"] == "bert"
    assert len(base.sha256) == 64
    assert Tokens(base.tokenizer, base.max_tokens).encode(["my refund"])[0][0] == 2


@pytest.mark.parametrize("wanted", ["nowhere", "./no/where", "/no/where", "~/no/such/folder"])
def test_a_missing_folder_is_named_and_the_hub_not_asked(wanted: str) -> None:
    with pytest.raises(BaseNotFoundError, match="no such folder") as caught:
        find_base(wanted, download=_never)
    assert wanted in str(caught.value)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_without_a_needed_file_names_the_file(
    tiny_base: Path, tmp_path: Path, missing: str
) -> None:
    folder = tmp_path / "half"
    shutil.copytree(tiny_base, folder)
    (folder / missing).unlink()
    with pytest.raises(BaseNotFoundError, match=f"holds no {missing}"):
        find_base(str(folder))


def test_a_hub_name_is_downloaded_once_and_read_from_there(tiny_base: Path) -> None:
    asked: list[str] = []

    def download(name: str, *, allow_patterns: list[str]) -> str:
        asked.append(name)
        assert "*.safetensors" in allow_patterns
        # A pickle runs code when it is opened; it is not even fetched.
        assert not any("bin" in pattern or "pkl" in pattern for pattern in allow_patterns)
        return str(tiny_base)

    base = find_base("someone/tiny", download=download)
    assert (asked, base.name, base.folder) == (["someone/tiny"], "someone/tiny", tiny_base)


def _raise(error: Exception) -> Callable[..., str]:
    def download(_name: str, **_settings: object) -> str:
        raise error

    return download


@pytest.mark.parametrize("error", [OSError("no route to the hub"), ValueError("404: no such name")])
def test_what_the_hub_says_is_passed_on(error: Exception) -> None:
    with pytest.raises(BaseNotFoundError) as caught:
        find_base("someone/else", download=_raise(error))
    assert str(error) in str(caught.value)
    assert "someone/else" in str(caught.value)


def test_a_download_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BaseNotFoundError, match=r"holds no model\.safetensors"):
        find_base("someone/empty", download=lambda *_a, **_k: str(tmp_path))


def test_the_default_with_changed_weights_is_refused(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A package of the default's name, first on the path, whose weights are not the published ones.
    package = tmp_path / source.DEFAULT_PACKAGE
    shutil.copytree(tiny_base, package / "model")
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BaseChangedError, match="not the published"):
        find_base()


def test_the_default_is_found_and_is_the_published_one() -> None:
    base = find_base(download=_never)
    assert (base.sha256, base.licence) == (source.DEFAULT_SHA256, "Apache-2.0")
    assert (base.max_tokens, base.pooling) == (256, "mean")


def test_a_folder_that_says_nothing_of_pooling_is_read_by_its_mean(
    tiny_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(tiny_base, folder)
    shutil.rmtree(folder / "1_Pooling")
    (folder / "sentence_bert_config.json").unlink()
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 9000}))
    base = find_base(str(folder))
    assert (base.pooling, base.max_tokens) == ("mean", 512)


@pytest.mark.parametrize(
    "name", ["config.json", "sentence_bert_config.json", "1_Pooling/config.json"]
)
@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff\xfe"])
def test_a_damaged_description_is_named(
    tiny_base: Path, tmp_path: Path, name: str, raw: bytes
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_base, folder)
    (folder / name).write_bytes(raw)
    with pytest.raises(BaseNotFoundError) as caught:
        find_base(str(folder))
    assert Path(name).name in str(caught.value)


def _without_a_layer(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.0.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _pointer(folder: Path) -> None:
    # What git leaves in place of a large file that was not fetched.
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")


@pytest.mark.parametrize(
    "damage",
    [
        _pointer,
        _without_a_layer,
        lambda folder: (folder / "config.json").write_text("{}"),
        lambda folder: (folder / "config.json").write_text('{"model_type": "zebra"}'),
    ],
)
def test_an_encoder_that_cannot_be_opened_is_an_error_with_a_message(
    tiny_base: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_base, folder)
    damage(folder)
    with pytest.raises(BaseNotFoundError, match="cannot be opened"):
        export(find_base(str(folder)), [[2, 3]])


def test_a_damaged_tokenizer_is_named(tiny_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_base, folder)
    (folder / "tokenizer.json").write_text("{}")
    base = find_base(str(folder))
    with pytest.raises(BaseNotFoundError, match=r"tokenizer\.json is no tokenizer"):
        _ = base.tokenizer


def test_no_text_is_longer_than_the_encoder_has_positions_for(
    tiny_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "boastful"
    shutil.copytree(tiny_base, folder)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 4000}')
    assert find_base(str(folder)).max_tokens == 128
