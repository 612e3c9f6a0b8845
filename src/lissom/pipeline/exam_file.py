"""exam.toml: what an examination is held to, as a user may edit it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import msgspec

from lissom.errors import ExamFileError
from lissom.evidence import find_name
from lissom.examine import Settings, TextTest
from lissom.govern import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured

DEFAULT_RULES: tuple[tuple[str, str], ...] = (
    (
        "task.accuracy above task.majority_share",
        "A model that is no better than always guessing the largest class knows nothing.",
    ),
    (
        "calibration.ece at most 0.15",
        "Further off than this, a stated probability helps nobody decide.",
    ),
    (
        "calibration.overconfidence at most 15 points",
        "A model that is this much surer than right misleads whoever trusts its probabilities.",
    ),
    (
        "abstention.precision at least 0.5",
        "What it answers without a doubt must be right more often than not.",
    ),
    (
        "outside.auroc at least 0.75",
        "Below this, texts about something else look like its own.",
    ),
    (
        "outside.far.auroc at least 0.75",
        "Random letters must look stranger than real rows.",
    ),
    (
        "outside.blank.passed_share at most 0.25",
        "A text that says nothing cannot have an answer.",
    ),
    (
        "robustness.<change>.loss at most 20 points",
        "A change that people do not notice must not take one right answer in five.",
    ),
    (
        "robustness.invisible.loss at most 5 points",
        "Characters that nobody sees must change nothing.",
    ),
    (
        "robustness.spaces.loss at most 5 points",
        "Neither must spaces.",
    ),
    (
        "adversary.pruthi_one.loss at most 60 points",
        "One letter that hurts most may take half; where nearly all fall, one spelling decides.",
    ),
    (
        "adversary.synonym.loss at most 40 points",
        "Words that mean the same must not take two right answers in five.",
    ),
    (
        "groups.<column>.gap at most 20 points",
        "One group in five fewer answered right than another is a fault for whoever is in it.",
    ),
    (
        "groups.swap.changed_share at most 0.10",
        "Who is spoken of is no reason for another answer.",
    ),
    (
        "shortcuts.copy_gain at most 25 points",
        "So far ahead on copies of what it learned, it has memorised rather than learned.",
    ),
    (
        "shortcuts.train_gap at most 30 points",
        "So far ahead on its own training rows, it has memorised rather than learned.",
    ),
    (
        "shortcuts.numbers.loss at most 15 points",
        "A label should not hang on the number of an order.",
    ),
    (
        "shortcuts.one_word.flip_share at most 0.8",
        "One word put into any text must not decide by itself.",
    ),
    (
        "shortcuts.from.<clue>.gain at most 30 points",
        "A label that can be told without reading the text teaches nothing about reading.",
    ),
    (
        "explanation.faithfulness at least 0.6",
        "At 50 % the words that it names matter no more than any others: no word decides.",
    ),
    (
        "explanation.agreement at least 0.5",
        "A small model that answers alike for other reasons is another model.",
    ),
    (
        "privacy.membership_excess at most 15 points",
        "Beyond it, a training row is told from another in two of three pairs by its answer alone.",
    ),
    (
        "privacy.tpr_at_1pct_fpr at most 0.10",
        "With one false alarm in a hundred, naming ten in a hundred is ten times guessing.",
    ),
    (
        "compression.disagreement at most 0.10",
        "When one answer in ten differs, the small model is another model.",
    ),
    (
        "compression.accuracy_loss at most 3 points",
        "Shrinking should cost little on the whole.",
    ),
    (
        "compression.worst_slice_loss at most 15 points",
        "Nobody should pay for the shrinking alone.",
    ),
)
"""What holds without an exam.toml, and why. Limits are lenient: a fault beyond them is no matter of
taste, and a sound model meets them with the rows that people have."""

_RULE = re.compile(r"(\S+(?: \S+)*?) (above|at least|at most) (\S+)( points)?")
_HOLDS: dict[str, Literal["above", "at least", "at most"]] = {
    "above": "above",
    "at least": "at least",
    "at most": "at most",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What an examination is held to.

    Args:
        rules: in the order in which they are judged; a later rule for a figure replaces an earlier
            one that fits it.
        settings: what the parts need themselves.
        is_own: the user wrote it, so a rule that does not hold is a gate that failed.
    """

    rules: tuple[Rule, ...]
    settings: Settings = field(default_factory=Settings)
    is_own: bool = False


class _Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    kind: Literal["same", "rises", "falls", "is"]
    texts: list[str] = []
    prefix: str = ""
    suffix: str = ""
    replace: dict[str, str] = {}
    label: str = ""
    at_least: float = 0.95


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: list[str] | None = None
    also: list[str] = []
    precision: float = 0.95
    least_rows: int = 30
    columns: list[str] = []
    terms: list[list[str]] | None = None
    tests: list[_Test] = []


def default_policy() -> Policy:
    """Return what holds without an exam.toml."""
    return Policy(tuple(read_rule(rule, why) for rule, why in DEFAULT_RULES))


def read_policy(raw: bytes, where: str) -> Policy:
    """Read an exam.toml.

    Args:
        raw: its bytes.
        where: its name, for errors.

    Raises:
        ExamFileError: not TOML, an unknown key, a value out of range, a rule that says nothing.

    >>> read_policy(b'rules = ["task.accuracy at least 0.8"]', "exam.toml").rules[0].limit
    0.8
    """
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), _File)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ExamFileError(where, str(error)) from error
    _refuse(found, where)
    if found.rules is None:
        rules = [read_rule(rule, why, where) for rule, why in DEFAULT_RULES]
    else:
        rules = [read_rule(rule, _YOURS, where) for rule in found.rules]
    rules += [read_rule(rule, _YOURS, where) for rule in found.also]
    tests = tuple(_test(one) for one in found.tests)
    rules += [
        Rule(f"robustness.test.{one.name}.passed_share", "at least", one.at_least, _YOURS, one.name)
        for one in tests
    ]
    settings = Settings(found.precision, found.least_rows, tuple(found.columns), tests=tests)
    if found.terms is not None:
        settings = replace(settings, terms=tuple(tuple(words) for words in found.terms))
    return Policy(tuple(rules), settings, is_own=True)


_YOURS = "You asked for it."


def read_rule(rule: str, why: str, where: str = "exam.toml") -> Rule:
    """Read one rule: a figure, "above", "at least" or "at most", and a number or another figure.

    A number for a figure in points is given in points: "groups.language.gap at most 10 points".

    Raises:
        ExamFileError: it is not of that form, or names a figure that does not exist.

    >>> read_rule("outside.auroc at least 0.9", "why").holds
    'at least'
    """
    found = _RULE.fullmatch(" ".join(rule.split()))
    if found is None:
        form = '"FIGURE at least NUMBER", with "above", "at least" or "at most"'
        raise ExamFileError(where, f'the rule "{rule}" is not of the form {form}')
    figure, holds, said, points = found.groups()
    known = find_name(figure)
    if known is None:
        raise ExamFileError(where, f'the rule "{rule}" speaks of no figure in docs/evidence.md')
    if (known.unit == "points") != bool(points):
        asked = "needs" if known.unit == "points" else "has no"
        raise ExamFileError(where, f'the rule "{rule}" {asked} "points" after its number')
    limit: float | str = said
    try:
        limit = float(said)
    except ValueError:
        if find_name(said) is None:
            text = f'the rule "{rule}": "{said}" is neither a number nor a figure'
            raise ExamFileError(where, text) from None
    if limit != limit or limit in {float("inf"), float("-inf")}:  # noqa: PLR0124 - nan is not itself
        raise ExamFileError(where, f'the rule "{rule}" has no number that a limit can be')
    return Rule(figure, _HOLDS[holds], limit, why, rule if why == _YOURS else "")


def rules_for(policy: Policy, evidence: Sequence[Measured]) -> list[tuple[Rule, Measured]]:
    """Return each figure that a rule speaks of, with the rule; the most special rule wins.

    Args:
        policy: rules, some for a whole family of figures ("robustness.<change>.loss").
        evidence: the figures there are.
    """
    found = []
    for item in evidence:
        fitting = [rule for rule in policy.rules if _fits(rule.figure, item.name)]
        if fitting:
            exact = [rule for rule in fitting if rule.figure == item.name]
            found.append((replace((exact or fitting)[-1], figure=item.name), item))
    return found


def _fits(figure: str, name: str) -> bool:
    if figure == name:
        return True
    entry = find_name(name)
    return "<" in figure and entry is not None and entry.pattern == figure


def _test(one: _Test) -> TextTest:
    return TextTest(
        one.name,
        one.kind,
        tuple(one.texts),
        one.prefix,
        one.suffix,
        tuple(one.replace.items()),
        one.label,
        one.at_least,
    )


def _refuse(found: _File, where: str) -> None:
    names = [one.name for one in found.tests]
    # Every line asks for what is allowed, so that nan, which fails any comparison, is refused.
    rules = {
        "precision is not between 0 and 1": 0 < found.precision < 1,
        "least_rows is not 5 or more": found.least_rows >= 5,  # noqa: PLR2004 - fewer say nothing
        "a set of terms holds fewer than two words": all(
            len({word.strip().lower() for word in words} - {""}) > 1 for words in found.terms or ()
        ),
        "two tests have one name": len(set(names)) == len(names),
        "a test has no name": all(name.strip() for name in names),
        "at_least of a test is not in 0..1": all(0 <= one.at_least <= 1 for one in found.tests),
        "a test that rises, falls or is needs a label": all(
            one.label for one in found.tests if one.kind != "same"
        ),
        "a test needs texts, a prefix, a suffix or something to replace": all(
            one.texts or one.prefix or one.suffix or one.replace for one in found.tests
        ),
        "a test of the kind is needs texts": all(
            one.texts for one in found.tests if one.kind == "is"
        ),
    }
    for rule, is_kept in rules.items():
        if not is_kept:
            raise ExamFileError(where, rule)
