"""The files that answer, made from what was trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypedDict

import msgspec

from lissom.errors import SizeBudgetError
from lissom.nets import add_head, clips_here, to_int8
from lissom.runtime import AnswerSettings, Model, load_model, read_settings, strip_padding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnx import ModelProto

    from lissom.nets import Base
    from lissom.pipeline.crossfit import Trained
    from lissom.pipeline.settle import Settled
    from lissom.runtime import Familiar, Lexical, Settings, Windows

MIB = 1 << 20

Weights = Literal["int8", "float32"]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The files that answer, in memory; reads like a bundle.

    Args:
        files: name to bytes.
        full_mib: size of the float32 graph that model.onnx was made from.
    """

    files: Mapping[str, bytes]
    full_mib: float

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return self.files[name]

    @property
    def size_mib(self) -> float:
        """Return the size of all of them together."""
        return sum(map(len, self.files.values())) / MIB

    def with_settings(self, settled: Settled) -> Parts:
        """Return the same files but for how scores become an answer."""
        before = read_settings(self.files["answer.json"])
        after = msgspec.structs.replace(before, **_settings_of(settled))
        return replace(self, files={**self.files, "answer.json": after.to_bytes()})

    def load(self, threads: int | None) -> Model:
        """Return the model that these files make, through the code that will ship it."""
        return load_model(self, threads=threads)


@dataclass(frozen=True, slots=True)
class Form:
    """How the files that answer are written.

    Args:
        windows: how a text is cut that the encoder cannot read at once; None when none is.
        weights: how the encoder's weights are stored.
        tokenizer: tokenizer.json in place of the base's; None for the base's own.
    """

    windows: Windows | None = None
    weights: Weights = "int8"
    tokenizer: bytes | None = None


def ship(
    trained: Trained,
    settled: Settled,
    graph: ModelProto,
    base: Base,
    classes: tuple[str, ...],
    form: Form | None = None,
) -> Parts:
    """Make the files that answer.

    Args:
        trained: both tiers, fitted on all rows that may be learned from.
        settled: temperatures, deferral, promise.
        graph: the encoder in float32.
        base: where it came from.
        classes: names in the order of the scores.
        form: how the files are written; None for the usual.
    """
    form = form or Form()
    settings = AnswerSettings(
        classes=classes,
        max_tokens=base.max_tokens,
        max_windows=form.windows.most if form.windows else 1,
        lexical_share=trained.mix,
        **_settings_of(settled),
    )
    lexical = trained.lexicon.to_lexical(trained.words)
    head = trained.reading
    if settled.familiar.closeness and trained.places is not None:
        head = head.beside(trained.places)
    full, tokenizer = add_head(graph, head), form.tokenizer or base.tokenizer
    return pack(full, lexical, settings, tokenizer, form.weights)


class _Settled(TypedDict):
    encoder_temperature: float
    lexical_temperature: float
    defer_margin: float | None
    defer_known: float
    unsure_below: float
    promised_precision: float | None
    defer_score: float | None
    familiar: Familiar


def _settings_of(settled: Settled) -> _Settled:
    return _Settled(
        encoder_temperature=settled.reading_temperature,
        lexical_temperature=settled.words_temperature,
        defer_margin=settled.deferral.margin,
        defer_known=settled.deferral.known,
        unsure_below=settled.promise.unsure_below,
        promised_precision=settled.promise.precision,
        defer_score=settled.deferral.least,
        familiar=settled.familiar,
    )


def pack(
    full: ModelProto,
    lexical: Lexical,
    settings: Settings,
    tokenizer: bytes,
    weights: Weights = "int8",
) -> Parts:
    """Make the files that answer, whatever an answer is.

    Args:
        full: encoder and head in float32.
        lexical: the lexical tier.
        settings: how scores become an answer.
        tokenizer: tokenizer.json.
        weights: how the encoder's weights are stored.
    """
    graph = to_int8(full, is_narrow=clips_here()) if weights == "int8" else full
    files = {
        "model.onnx": graph.SerializeToString(),
        "tokenizer.json": strip_padding(tokenizer),
        "lexical.safetensors": lexical.to_bytes(),
        "answer.json": settings.to_bytes(),
    }
    return Parts(files, full.ByteSize() / MIB)


def check_size(parts: Parts, max_mib: float) -> None:
    """Refuse parts that are larger than the user allows; 0 stands for no limit.

    Raises:
        SizeBudgetError: they are; it names the nearest size and what takes it.
    """
    if 0 < max_mib < parts.size_mib:
        largest = max(parts.files, key=lambda name: len(parts.files[name]))
        raise SizeBudgetError(parts.size_mib, max_mib, largest, len(parts.files[largest]) / MIB)
