"""What the base makes of the texts before it learns from them: too long, or in another language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lissom.audit import find_foreign, hear, report_masked
from lissom.evidence import Evidence
from lissom.examine import share
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.audit import Audited, Spoken
    from lissom.data import Dataset
    from lissom.evidence import Measured
    from lissom.nets import Base
    from lissom.pipeline.exam import Examined
    from lissom.runtime import Windows

_FAR = 64
"""Pieces up to which the length of a text is counted; beyond, it is only known to be longer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the tokenizer said of the rows.

    Args:
        evidence: shares of rows, with intervals.
        warnings: sentences for a person.
        spoken: how well it knows their words.
    """

    evidence: tuple[Measured, ...]
    warnings: tuple[str, ...]
    spoken: Spoken


def listen(train: Dataset, base: Base, windows: Windows) -> Heard:
    """Look at all rows with the base's tokenizer.

    Args:
        train: the rows, labelled and not.
        base: the encoder.
        windows: how texts are cut.
    """
    tokens = Tokens(base.tokenizer, windows.max_tokens, _FAR)
    vocabulary = int(base.config.get("vocab_size", 0))
    texts, source = train.texts, train.source
    lengths = [len(ids) for ids in tokens.encode(texts)]
    spoken = hear(texts, tokens, vocabulary=vocabulary)
    long, long_said = measure_lengths(lengths, windows, source)
    foreign, foreign_said = measure_languages(spoken, train.rows.to_list(), source)
    return Heard((*long, *foreign), (*long_said, *foreign_said), spoken)


def add_heard(audited: Audited, heard: Heard, train: Dataset) -> Audited:
    """Return the audit with a finding more, where rows are in another language."""
    return report_masked(audited, find_foreign(heard.spoken), train)


def tell_heard(found: Examined, heard: Heard) -> Examined:
    """Return the examination with what was heard."""
    return replace(
        found,
        evidence=(*found.evidence, *heard.evidence),
        warnings=(*found.warnings, *heard.warnings),
    )


def measure_lengths(
    lengths: Sequence[int], windows: Windows, source: str
) -> tuple[tuple[Measured, ...], tuple[str, ...]]:
    """Say how many rows are longer than the encoder reads at once, and than is read at all.

    Args:
        lengths: tokens of each row, marks included, however many are read.
        windows: how texts are cut.
        source: what the rows are called.

    Returns:
        Evidence, and warnings: one where rows are not read to their end.
    """
    n, once = len(lengths), windows.max_tokens
    long = sum(length > once for length in lengths)
    cut = sum(length > windows.limit for length in lengths)
    pieces = f"read in up to {windows.most} pieces whose vectors are averaged"
    evidence = (
        share("data.long_share", long, n, f"more than {once} tokens; {pieces}", source),
        share(
            "data.cut_share", cut, n, f"more than {windows.limit} tokens; the rest unread", source
        ),
    )
    if not cut:
        return evidence, ()
    warning = (
        f"{cut} of {n} rows are longer than {windows.limit} tokens (some "
        f"{windows.limit * 3 // 4} words): what lies beyond is not read. Put what matters first, "
        "or raise recipe.shapes.max_windows."
    )
    return evidence, (warning,)


def measure_languages(
    spoken: Spoken, numbers: Sequence[int], source: str
) -> tuple[tuple[Measured, ...], tuple[str, ...]]:
    """Say how many rows are in a language that the base does not speak.

    Args:
        spoken: from `hear`.
        numbers: 0-based row in the user's file of each row heard.
        source: what the rows are called.
    """
    judged, foreign = int(spoken.is_judged.sum()), int(spoken.is_foreign.sum())
    words = int(spoken.words.sum())
    how = "mixture of two kinds of rows by broken words; rows of at least 4 plain words"
    evidence: list[Measured] = [share("data.foreign_share", foreign, judged, how, source)]
    if words:
        evidence.append(
            Evidence(
                "data.pieces_per_word",
                spoken.pieces / words,
                None,
                None,
                words,
                "factor",
                "the base's tokenizer on words in small letters",
                source,
            )
        )
    if not spoken.is_worth_saying:
        return tuple(evidence), ()
    surest = sorted(range(len(numbers)), key=lambda at: -spoken.chance[at])[:3]
    named = ", ".join(str(numbers[at]) for at in sorted(surest))
    rate = spoken.broken[spoken.is_foreign].sum() / max(1, spoken.words[spoken.is_foreign].sum())
    warning = (
        f"{foreign} of {judged} rows seem to be in a language that the base was not made for (rows "
        f"{named} of {source}, for example): it knows {1 - rate:.0%} of their everyday words. "
        "Expect more mistakes there; give a base that speaks it with --base."
    )
    return tuple(evidence), (warning,)
