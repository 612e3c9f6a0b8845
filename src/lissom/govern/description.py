"""description.toml: what only a person can say of a model, its data and its use.

Nothing here is ever guessed. What nobody has answered is None, and every document that asks for it
says MISSING.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import tomli_w

from lissom.data.licence import read_licence
from lissom.errors import DataError, DescriptionError, UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping

MISSING = "MISSING"
"""What a document says where a person has to supply something."""

Answer = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
Shared = Literal["internal", "service", "model"]
SHARED: tuple[Shared, ...] = ("internal", "service", "model")


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who answers for the model.

    Args:
        provider: a person or an organisation.
        contact: where somebody can ask.
        version: of the model, in the provider's own count.
        licence: that the model is given out under, as SPDX writes it.
    """

    provider: Answer | None = None
    contact: Answer | None = None
    version: Answer | None = None
    licence: Answer | None = None


class Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What it is for.

    Args:
        purpose: what its answers are used for.
        users: who uses them.
        affected: whom they affect, and how much when they are wrong.
        not_for: what it must not be used for.
        commercial: it is used for gain.
        shared: "internal" stays within; "service" others get answers; "model" others get the model.
    """

    purpose: Answer | None = None
    users: Answer | None = None
    affected: Answer | None = None
    not_for: Answer | None = None
    commercial: bool | None = None
    shared: Shared | None = None


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where the texts come from.

    Args:
        origin: where from, and who wrote them.
        collected: when and how.
        ground: consent, contract or law that allows their use.
        labelled_by: who gave the labels, by which instructions.
        licence: of all rows that have none of their own, as SPDX writes it.
        language: codes such as "en, de".
        kept: how long, and who keeps them up.
    """

    origin: Answer | None = None
    collected: Answer | None = None
    ground: Answer | None = None
    labelled_by: Answer | None = None
    licence: Answer | None = None
    language: Answer | None = None
    kept: Answer | None = None


class Oversight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who looks after it in use.

    Args:
        who: looks at answers that are unsure or wrong.
        overruled: how a person overrules an answer.
        watched: how it is watched once in use.
    """

    who: Answer | None = None
    overruled: Answer | None = None
    watched: Answer | None = None


class Law(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the law asks of some uses, and nobody but the provider has.

    Args:
        risks: the risk management system.
        standards: harmonised standards that were applied, or what was done instead.
        declaration: where the EU declaration of conformity is.
        after_sale: the plan for watching it on the market.
    """

    risks: Answer | None = None
    standards: Answer | None = None
    declaration: Answer | None = None
    after_sale: Answer | None = None


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that a person has said."""

    about: About = About()
    use: Use = Use()
    data: Data = Data()
    oversight: Oversight = Oversight()
    law: Law = Law()

    def find(self, key: str) -> str | bool | None:
        """Return an answer by its key, None where there is none.

        >>> Description(use=Use(purpose="sort mail")).find("use.purpose")
        'sort mail'
        """
        group, _, name = key.partition(".")
        answer: str | bool | None = getattr(getattr(self, group), name)
        return answer

    def say(self, key: str) -> str:
        """Return an answer in words, or MISSING.

        >>> Description(use=Use(commercial=True)).say("use.commercial")
        'yes'
        >>> Description().say("law.risks")
        'MISSING'
        """
        found = self.find(key)
        if isinstance(found, bool):
            return "yes" if found else "no"
        return found or MISSING

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the keys that nobody has answered, in the order of the questions."""
        return tuple(one.key for one in QUESTIONS if self.find(one.key) is None)


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask a person.

    Args:
        key: where the answer is kept.
        text: the question.
        is_first: it is asked without being asked for; the others matter to some uses only.
    """

    key: str
    text: str
    is_first: bool = True


QUESTIONS: tuple[Question, ...] = (
    Question("about.provider", "Who answers for this model? A person or an organisation."),
    Question("about.contact", "Where can somebody ask about it? An address or a page."),
    Question("use.purpose", "What is it for? One or two sentences."),
    Question("use.users", "Who uses its answers?"),
    Question("use.affected", "Whom do its answers affect, and how much when they are wrong?"),
    Question("use.not_for", "What must it not be used for?"),
    Question("use.commercial", "Is it used for gain? yes or no."),
    Question("use.shared", "Who gets it? internal, service (others get answers) or model."),
    Question("data.origin", "Where do the texts come from, and who wrote them?"),
    Question("data.ground", "What allows their use: consent, contract, law?"),
    Question("data.labelled_by", "Who gave the labels, and by which instructions?"),
    Question("data.licence", "Licence of the data, as SPDX writes it; LicenseRef-own for yours."),
    Question("data.language", "Which languages? Codes such as en, de."),
    Question("oversight.who", "Who looks at the answers that are unsure or wrong?"),
    Question(
        "about.version", "Which version of the model is it, in your own count?", is_first=False
    ),
    Question("about.licence", "Under which licence do you give the model out?", is_first=False),
    Question("data.collected", "When and how were the texts collected?", is_first=False),
    Question("data.kept", "How long is the data kept, and who keeps it up?", is_first=False),
    Question("oversight.overruled", "How does a person overrule an answer?", is_first=False),
    Question("oversight.watched", "How is it watched once in use?", is_first=False),
    Question("law.risks", "What is the risk management system? (AI Act, Art. 9)", is_first=False),
    Question("law.standards", "Which harmonised standards were applied?", is_first=False),
    Question("law.declaration", "Where is the EU declaration of conformity?", is_first=False),
    Question("law.after_sale", "What is the plan for watching it on the market?", is_first=False),
)

_LICENCES = ("about.licence", "data.licence")
_YES, _NO = ("yes", "y", "true"), ("no", "n", "false")
_HEAD = "# What only a person can say; `lissom describe` asks, and you may write here yourself.\n"


def read_description(raw: bytes, where: str) -> Description:
    r"""Read a description.toml strictly: an unknown key is an error.

    Args:
        raw: its bytes.
        where: its name, for errors.

    Raises:
        DescriptionError: not TOML, an unknown key, a wrong kind of answer, no licence of SPDX's.

    >>> read_description(b'[use]\npurpose = "sort mail"', "description.toml").use.purpose
    'sort mail'
    """
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), Description)
        for key in _LICENCES:
            said = found.find(key)
            if isinstance(said, str):
                read_licence(said)
    except (ValueError, RecursionError, DataError) as error:
        raise DescriptionError(where, str(error)) from error
    return found


def write_description(description: Description) -> bytes:
    """Return the TOML form; what nobody answered is left out."""
    return (_HEAD + tomli_w.dumps(msgspec.to_builtins(description))).encode()


def find_question(key: str) -> Question:
    """Return a question by its key.

    Raises:
        UnknownQuestionError: there is none.
    """
    for one in QUESTIONS:
        if one.key == key:
            return one
    raise UnknownQuestionError(key, [one.key for one in QUESTIONS])


def put_answers(description: Description, answers: Mapping[str, str], where: str) -> Description:
    """Return the description with more answers; a blank one takes an answer back.

    Args:
        description: what was answered before.
        answers: key to what a person typed.
        where: name of the file, for errors.

    Raises:
        UnknownQuestionError: a key that is none.
        DescriptionError: an answer that means nothing: neither yes nor no, no licence.

    >>> put_answers(Description(), {"use.commercial": "Yes"}, "").use.commercial
    True
    """
    tree = msgspec.to_builtins(description)
    for key, typed in answers.items():
        find_question(key)
        group, _, name = key.partition(".")
        part = tree.setdefault(group, {})
        part.pop(name, None)
        if typed.strip():
            part[name] = _read_answer(key, typed.strip(), where)
    return read_description(tomli_w.dumps(tree).encode(), where)


def _read_answer(key: str, typed: str, where: str) -> str | bool:
    plain = typed.lower()
    if key == "use.commercial":
        if plain not in (*_YES, *_NO):
            raise DescriptionError(where, f'{key} is "{typed}", neither yes nor no')
        return plain in _YES
    if key == "use.shared":
        if plain not in SHARED:
            raise DescriptionError(where, f'{key} is "{typed}", not one of {", ".join(SHARED)}')
        return plain
    return typed
