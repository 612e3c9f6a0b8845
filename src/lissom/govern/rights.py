"""What the licences of base and data allow, against what the model is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.data.licence import OPEN, Act, Expression, read_licence
from lissom.errors import LicenceError
from lissom.govern.figures import count

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier
    from lissom.govern.judge import State


@dataclass(frozen=True, slots=True)
class Right:
    """The licence of one thing.

    Args:
        subject: what it is the licence of, in words.
        expression: the licence, read; its text is "" where nobody stated one.
        is_data: it speaks of rows, not of the base model.
    """

    subject: str
    expression: Expression
    is_data: bool

    @property
    def is_known(self) -> bool:
        """Say whether every licence in it has been read by somebody here."""
        return bool(self.expression.text) and not self.expression.unknown

    def say(self) -> str:
        """Return subject and licence in words."""
        return f"{self.subject} ({self.expression.text or 'no licence stated'})"


def find_rights(dossier: Dossier) -> tuple[Right, ...]:
    """Return the licence of the base model and of every part of the rows that has its own."""
    base, said = dossier.facts.base_model, dossier.description.data.licence
    found = []
    if base is not None:
        found.append(Right(f"the base model {base.name}", _read(base.licence), is_data=False))
    for one in dossier.record.licences:
        own = f"{count(one.rows, 'row')} with a licence of their own"
        rest = count(one.rows, "row")
        subject = own if one.text else rest
        found.append(Right(subject, _read(one.text or said or ""), is_data=True))
    return tuple(found)


def weigh_act(rights: tuple[Right, ...], act: Act) -> tuple[State, str]:
    """Say whether all licences allow an act, and why.

    Whether a model is something "made from" its data is in dispute, so a licence of data that
    forbids changes leaves that open for a person.
    """
    against = [one for one in rights if one.expression.licence.allows(act) is False]
    disputed = [one for one in against if act == "changes" and one.is_data]
    forbidding = [one for one in against if one not in disputed]
    if forbidding:
        return "broken", f"{_all(forbidding)} {_does(forbidding)} not allow {act}."
    unclear = [one for one in rights if one.expression.licence.allows(act) is None]
    if disputed:
        return "open", (
            f"{_all(disputed)} {_does(disputed)} not allow changes, and whether a model is one is "
            "in dispute: a person has to decide."
        )
    if unclear or not rights:
        what = _all(unclear) if unclear else "Nothing"
        return "open", f"{what}: nothing says whether {act} is allowed."
    return "holds", f"Every licence allows {act}: {', '.join(one.say() for one in rights)}."


def weigh_known(rights: tuple[Right, ...]) -> tuple[State, str]:
    """Say whether every licence is stated, and one that somebody here has read."""
    unknown = [one for one in rights if not one.is_known]
    if not unknown and rights:
        return "holds", f"Every licence is known: {', '.join(one.say() for one in rights)}."
    names = [name for one in unknown for name in one.expression.unknown]
    hint = f" Not in our table: {', '.join(names)}." if names else ""
    return "broken", f"{_all(unknown) or 'Nothing'} {_has(unknown)} no licence that is known.{hint}"


def weigh_use(rights: tuple[Right, ...], dossier: Dossier) -> tuple[State, str]:
    """Say whether a licence conflicts with the use that a person stated; unknown is no conflict."""
    asked = _acts(dossier)
    if not asked:
        return "holds", "Nobody stated a use that a licence could forbid."
    conflicts = [
        reason for state, reason in (weigh_act(rights, act) for act in asked) if state == "broken"
    ]
    if conflicts:
        return "broken", " ".join(conflicts)
    alike = _share_alike(rights, dossier)
    if alike:
        return "open", alike
    unknown = [one for one in rights if not one.is_known]
    rest = f" Not known: {_all(unknown)}." if unknown else ""
    return "holds", f"No licence forbids {' or '.join(asked)}.{rest}"


def _acts(dossier: Dossier) -> tuple[Act, ...]:
    use = dossier.description.use
    found: list[Act] = []
    if use.commercial:
        found.append("commercial use")
    if use.shared == "model":
        found += ["redistribution", "changes"]
    return tuple(found)


def _share_alike(rights: tuple[Right, ...], dossier: Dossier) -> str:
    if dossier.description.use.shared != "model":
        return ""
    own = dossier.description.about.licence
    bound = [
        one
        for one in rights
        if one.expression.licence.share_alike and not one.is_data and one.expression.text != own
    ]
    if not bound:
        return ""
    return (
        f"{_all(bound)} asks that what is made from it stays under the same licence; the model is "
        f"given out under {own or 'none that was stated'}."
    )


def _read(text: str) -> Expression:
    try:
        return read_licence(text) if text else Expression("", OPEN)
    except LicenceError:
        return Expression(text, OPEN, (text,))


def _all(rights: list[Right]) -> str:
    said = ", ".join(one.say() for one in rights)
    return said[:1].upper() + said[1:]


def _does(rights: list[Right]) -> str:
    return "does" if len(rights) == 1 and not rights[0].is_data else "do"


def _has(rights: list[Right]) -> str:
    return "has" if len(rights) == 1 and not rights[0].is_data else "have"
