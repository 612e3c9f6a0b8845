"""The files that answer, made from what was trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.errors import SizeBudgetError
from lissom.nets import add_head, to_int8
from lissom.runtime import AnswerSettings, Model, load_model, strip_padding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnx import ModelProto

    from lissom.nets import Base
    from lissom.pipeline.crossfit import Trained
    from lissom.pipeline.settle import Settled
    from lissom.runtime import Lexical, Settings, Windows

MIB = 1 << 20


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

    def load(self, threads: int | None) -> Model:
        """Return the model that these files make, through the code that will ship it."""
        return load_model(self, threads=threads)


def ship(
    trained: Trained,
    settled: Settled,
    graph: ModelProto,
    base: Base,
    classes: tuple[str, ...],
    windows: Windows | None = None,
) -> Parts:
    """Make the files that answer.

    Args:
        trained: both tiers, fitted on all rows that may be learned from.
        settled: temperatures, deferral, promise.
        graph: the encoder in float32.
        base: where it came from.
        classes: names in the order of the scores.
        windows: how a text is cut that the encoder cannot read at once; None when none is.
    """
    settings = AnswerSettings(
        classes=classes,
        max_tokens=base.max_tokens,
        max_windows=windows.most if windows else 1,
        encoder_temperature=settled.reading_temperature,
        lexical_temperature=settled.words_temperature,
        lexical_share=trained.mix,
        defer_margin=settled.deferral.margin,
        defer_known=settled.deferral.known,
        unsure_below=settled.promise.unsure_below,
        promised_precision=settled.promise.precision,
        defer_score=settled.deferral.least,
        familiar=settled.familiar,
    )
    lexical = trained.lexicon.to_lexical(trained.words)
    return pack(add_head(graph, trained.reading), lexical, settings, base)


def pack(full: ModelProto, lexical: Lexical, settings: Settings, base: Base) -> Parts:
    """Make the files that answer, whatever an answer is.

    Args:
        full: encoder and head in float32.
        lexical: the lexical tier.
        settings: how scores become an answer.
        base: whose tokenizer it is.
    """
    files = {
        "model.onnx": to_int8(full).SerializeToString(),
        "tokenizer.json": strip_padding(base.tokenizer),
        "lexical.safetensors": lexical.to_bytes(),
        "answer.json": settings.to_bytes(),
    }
    return Parts(files, full.ByteSize() / MIB)


def check_size(parts: Parts, max_mib: float | None) -> None:
    """Refuse parts that are larger than the user allows.

    Raises:
        SizeBudgetError: they are; it names the nearest size and what takes it.
    """
    if max_mib is not None and parts.size_mib > max_mib:
        largest = max(parts.files, key=lambda name: len(parts.files[name]))
        raise SizeBudgetError(parts.size_mib, max_mib, largest, len(parts.files[largest]) / MIB)
