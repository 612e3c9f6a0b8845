"""The one table of files that a bundle holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.bundle import limits
from lissom.bundle.graph import check_graph
from lissom.bundle.json_form import parse
from lissom.bundle.malformed import Malformed
from lissom.bundle.ports import count_classes
from lissom.bundle.tensors import check_tensors
from lissom.bundle.tokenizer import check_tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable

MANIFEST = "manifest.json"
SIGNER = "signer.pem"
SIGNATURE = "model.sig"
"""The name that OpenSSF model-signing gives its signature."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a bundle.

    Args:
        name: as it stands in the folder.
        max_bytes: more is refused, before it is read.
        check: raises `Malformed` unless the bytes are of their kind; cheap.
        is_required: a bundle without it is refused. A later minor version adds optional ones.
        is_listed: the manifest names it. The manifest cannot name itself, nor what signs it.
    """

    name: str
    max_bytes: int
    check: Callable[[bytes], None]
    is_required: bool = True
    is_listed: bool = True


def check_json(raw: bytes) -> None:
    """Check that this is a JSON object, not too deep.

    Raises:
        Malformed: it is not.

    >>> check_json(b"{}")
    """
    if not isinstance(parse(raw, max_depth=limits.JSON_DEPTH), dict):
        message = "not a JSON object"
        raise Malformed(message)


def check_text(raw: bytes) -> None:
    """Check that this is UTF-8 text.

    Raises:
        Malformed: it is not.

    >>> check_text(b"hello")
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start})"
        raise Malformed(message) from error
    if "\0" in text:
        message = "not text: it holds a NUL"
        raise Malformed(message)


def check_model(raw: bytes) -> None:
    """Check a graph, and that it takes token ids and gives scores.

    Raises:
        Malformed: it does not.
    """
    check_graph(raw)
    count_classes(raw)


PARTS = (
    Part("model.onnx", limits.GRAPH_BYTES, check_model),
    Part("tokenizer.json", limits.TOKENIZER_BYTES, check_tokenizer),
    Part("lexical.safetensors", limits.TENSORS_BYTES, check_tensors),
    Part("answer.json", limits.SETTINGS_BYTES, check_json),
    Part("golden.json", limits.SETTINGS_BYTES, check_json, is_required=False),
    Part("evidence.json", limits.SETTINGS_BYTES, check_json),
    Part("recipe.toml", limits.RECIPE_BYTES, check_text),
    Part("card.md", limits.CARD_BYTES, check_text),
    Part("report.html", limits.REPORT_BYTES, check_text),
    # Since 1.1: what documents are written from, and more of them.
    Part("story.json", limits.STORY_BYTES, check_json, is_required=False),
    Part("decision.json", limits.SETTINGS_BYTES, check_json, is_required=False),
    Part("description.toml", limits.RECIPE_BYTES, check_text, is_required=False),
    Part("policy.toml", limits.RECIPE_BYTES, check_text, is_required=False),
    Part("datasheet.md", limits.CARD_BYTES, check_text, is_required=False),
    Part("croissant.json", limits.CARD_BYTES, check_json, is_required=False),
    Part("lineage.prov.json", limits.CARD_BYTES, check_json, is_required=False),
    Part("bom.cdx.json", limits.CARD_BYTES, check_json, is_required=False),
    Part("annex-iv.md", limits.CARD_BYTES, check_text, is_required=False),
    Part("ai-rmf.md", limits.CARD_BYTES, check_text, is_required=False),
    Part(MANIFEST, limits.MANIFEST_BYTES, check_text, is_listed=False),
    Part(SIGNER, limits.SIGNER_BYTES, check_text, is_required=False, is_listed=False),
    Part(SIGNATURE, limits.SIGNATURE_BYTES, check_text, is_required=False, is_listed=False),
)

BY_NAME = {part.name: part for part in PARTS}
LISTED = {part.name: part for part in PARTS if part.is_listed}
