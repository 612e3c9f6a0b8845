"""decision.json: whether the model may be released, by whose rules, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import msgspec

from lissom.errors import DecisionFileError
from lissom.evidence import Evidence
from lissom.govern.dossier import DESCRIPTION, EVIDENCE, POLICY, STORY
from lissom.govern.record import DOCUMENTS_VERSION
from lissom.govern.rights import find_rights, weigh_use
from lissom.govern.weigh import Weighed, weigh

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier
    from lissom.govern.policy_file import Policy

Release = Literal["release", "undecided", "block"]
LICENCE_GATE = "no licence conflicts with the stated use"
"""What holds for every model, with a policy or without."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the model may be released.

    Args:
        outcome: "release" when every gate holds, "block" when one is broken, else "undecided".
        gates: what each gate came to: the house's own first, then those of the policy.
        has_policy: somebody wrote a policy; without one, an undecided gate blocks nothing.
    """

    outcome: Release
    gates: tuple[Weighed, ...]
    has_policy: bool

    @property
    def is_released(self) -> bool:
        """Say whether the model may be served."""
        return self.outcome == "release" or (self.outcome == "undecided" and not self.has_policy)

    @property
    def failed(self) -> tuple[Weighed, ...]:
        """Return the gates that do not hold, broken ones first."""
        return tuple(
            one for state in ("broken", "open") for one in self.gates if one.state == state
        )


def decide_release(dossier: Dossier, policy: Policy | None = None) -> Decision:
    """Judge the gates of a policy, with what it accepts; the bundle's own where no other is given.

    >>> from datetime import date
    >>> from lissom.bundle import Facts
    >>> from lissom.evidence import Story, Verdict
    >>> from lissom.govern.dossier import Dossier
    >>> from lissom.govern.gates import Gates
    >>> from lissom.govern.record import Record
    >>> story = Story("shop", Verdict("pass", "Good.", (), ""), (), (), (), (), (), {})
    >>> facts = Facts("text-classification", "lissom", "0" * 64, "0" * 64, None, "x86-64")
    >>> decide_release(Dossier(Record(story, Gates(), 2, date(2026, 1, 1)), facts)).outcome
    'release'
    """
    # What counts as accepted goes with the policy: its builder's word is not its receiver's.
    asked = dossier if policy is None else replace(dossier, policy=policy)
    house = Weighed(LICENCE_GATE, *weigh_use(find_rights(asked), asked))
    gates = (house, *(weigh(gate, asked) for gate in asked.policy.gates))
    states = {one.state for one in gates}
    outcome: Release = (
        "block" if "broken" in states else "undecided" if "open" in states else "release"
    )
    return Decision(outcome, gates, asked.policy.is_given)


def write_decision(dossier: Dossier) -> str:
    """Return decision.json: the gates, what they came to, and the very files that say so."""
    decision = decide_release(dossier)
    rested = {name for gate in decision.gates for name in gate.rests_on}
    figures = [item for item in dossier.story.evidence if item.name in rested]
    tree = {
        "version": DOCUMENTS_VERSION,
        "outcome": decision.outcome,
        "has_policy": decision.has_policy,
        "policy": dossier.policy.name,
        "decided_on": dossier.day.isoformat(),
        "gates": [
            {
                "gate": gate.gate,
                "state": gate.state,
                "reason": gate.reason,
                "rests_on": list(gate.rests_on),
            }
            for gate in decision.gates
        ],
        "figures": [
            {
                "name": item.name,
                "value": item.value,
                "low": item.low,
                "high": item.high,
                "n": item.n,
                "unit": item.unit,
            }
            for item in figures
            if isinstance(item, Evidence)
        ],
        "accepted": [msgspec.to_builtins(one) for one in dossier.policy.accepted],
        "from": {
            file.name: file.sha256
            for file in dossier.files
            if file.name in {STORY, EVIDENCE, DESCRIPTION, POLICY}
        },
    }
    return json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


class _Gate(msgspec.Struct, frozen=True):
    gate: str
    state: Literal["holds", "open", "broken"]
    reason: str
    rests_on: tuple[str, ...]


class _File(msgspec.Struct, frozen=True):
    outcome: Release
    has_policy: bool
    gates: tuple[_Gate, ...]


def read_decision(raw: bytes) -> Decision:
    """Read decision.json as far as serving needs it; `lissom verify` makes it again and compares.

    Raises:
        DecisionFileError: it is not one, or contradicts itself.
    """
    try:
        found = msgspec.json.decode(raw, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DecisionFileError(str(error)) from error
    gates = tuple(Weighed(one.gate, one.state, one.reason, one.rests_on) for one in found.gates)
    states = {one.state for one in gates}
    worst = "block" if "broken" in states else "undecided" if "open" in states else "release"
    if worst != found.outcome:
        raise DecisionFileError(f'the outcome is "{found.outcome}", and its gates say "{worst}"')
    return Decision(found.outcome, gates, found.has_policy)
