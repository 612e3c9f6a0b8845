"""policy.toml: what must hold before a model is released."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from typing import Annotated

import msgspec

from lissom.errors import PolicyFileError
from lissom.govern.gate import FINDINGS, Gate, NoGate, read_gate

Said = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_MOST_GATES = 200


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A finding that somebody has looked at and stands for.

    Args:
        finding: its kind, or how its kind begins.
        reason: why it does no harm.
        by: who says so.
        until: the first day on which that no longer counts, or None.
    """

    finding: Said
    reason: Said
    by: Said
    until: date | None = None

    def covers(self, kind: str, day: date) -> bool:
        """Say whether a finding of this kind is accepted on a day.

        >>> one = Accepted(finding="duplicate", reason="Wanted.", by="Jo")
        >>> one.covers("duplicate.near", date(2026, 1, 1)), one.covers("leak.test", date.max)
        (True, False)
        """
        is_of_kind = kind == self.finding or kind.startswith(f"{self.finding}.")
        return is_of_kind and (self.until is None or day < self.until)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Said = "policy"
    gates: tuple[Said, ...]
    accept: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What must hold before a model is released.

    Args:
        name: as its owner calls it; "" for none.
        gates: all of them must hold.
        accepted: findings that somebody stands for.
    """

    name: str
    gates: tuple[Gate, ...]
    accepted: tuple[Accepted, ...] = ()

    @property
    def is_given(self) -> bool:
        """Say whether somebody has written one."""
        return bool(self.gates)


NO_POLICY = Policy("", ())


def read_policy(raw: bytes, where: str) -> Policy:
    r"""Read a policy.toml strictly: a gate that means nothing is an error, not a gate that holds.

    Args:
        raw: its bytes.
        where: its name, for errors.

    Raises:
        PolicyFileError: not TOML, an unknown key, a gate that is none, or no gate at all.

    >>> read_policy(b'gates = ["no unresolved leak"]', "policy.toml").gates[0].kind
    'leak'
    """
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), _File)
        gates = tuple(read_gate(text) for text in found.gates)
    except (NoGate, ValueError, RecursionError) as error:
        raise PolicyFileError(where, str(error)) from error
    if not 0 < len(gates) <= _MOST_GATES:
        raise PolicyFileError(where, f"it has {len(gates)} gates, not 1 to {_MOST_GATES}")
    for one in found.accept:
        if one.finding.split(".")[0] not in FINDINGS:
            raise PolicyFileError(where, f'"{one.finding}" is no kind of finding')
    return Policy(found.name, gates, found.accept)
