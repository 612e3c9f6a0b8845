"""recipe.toml: the settings of every stage, written down so that a build can be repeated."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import asdict, dataclass, field
from math import inf

import msgspec
import tomli_w

from lissom.errors import RecipeError
from lissom.learn import LEARNERS, TAUGHT, Learning, Schedule, Shaping
from lissom.nets import Tuning
from lissom.shrink import Limits, Point, Shrinking


@dataclass(frozen=True, slots=True)
class Examining:
    """How the result is examined.

    Args:
        promise: precision that the answers which are not unsure are held to.
        max_texts: most texts that speed and agreement are measured on.
        mistakes: most mistakes listed in the private report.
        keep: share of rows like the labelled ones that are not called strange; others are unsure.
    """

    promise: float = 0.95
    max_texts: int = 2000
    mistakes: int = 50
    keep: float = 0.97


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of the stages; an unknown key in a recipe.toml is an error.

    A schedule without candidates is planned when the data is known, and written down as planned.
    A budget has a point searched for, unless the point says that it was found by one.
    """

    learn: Learning = field(default_factory=Learning)
    shrink: Shrinking = field(default_factory=Shrinking)
    examine: Examining = field(default_factory=Examining)
    budget: Limits = field(default_factory=Limits)
    point: Point = field(default_factory=Point)
    tune: Tuning = field(default_factory=Tuning)
    schedule: Schedule = field(default_factory=Schedule)
    shapes: Shaping = field(default_factory=Shaping)


@dataclass(frozen=True, slots=True)
class Written:
    """A recipe.toml: the settings, and what else decides the result."""

    seed: int = 0
    base: str = ""
    teacher: str = ""
    keep_rare_labels: bool = False
    task: str = ""
    none: str = ""
    classes: str = ""
    other: str = ""
    recipe: Recipe = field(default_factory=Recipe)

    def to_toml(self) -> bytes:
        """Return the TOML form."""
        return tomli_w.dumps(asdict(self)).encode()

    @property
    def fingerprint(self) -> str:
        """Return the sha256 of the TOML form."""
        return hashlib.sha256(self.to_toml()).hexdigest()


def read_recipe(raw: bytes, where: str) -> Written:
    """Read a recipe.toml.

    Args:
        raw: its bytes.
        where: its name, for errors.

    Raises:
        RecipeError: not TOML, an unknown key, a value of another type or out of range.

    >>> read_recipe(b"seed = 7", "recipe.toml").seed
    7
    """
    try:
        found = tomllib.loads(raw.decode())
        _refuse_unknown(found, asdict(Written()), where, "")
        written = msgspec.convert(found, Written)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RecipeError(where, str(error)) from error
    _refuse_out_of_range(written, where)
    return written


def _refuse_out_of_range(written: Written, where: str) -> None:
    recipe = written.recipe
    learn, shrink, examine = recipe.learn, recipe.shrink, recipe.examine
    tune, schedule = recipe.tune, recipe.schedule
    # Every line asks for what is allowed, so that nan, which fails any comparison, is refused.
    rules = {
        "seed is not 0 or more": written.seed >= 0,
        "recipe.learn.folds is not 2 or more": learn.folds >= 2,  # noqa: PLR2004 - one to hold out
        "recipe.learn.strength is not above 0": 0 < learn.strength < inf,
        "recipe.learn.neighbours is not a list of whole numbers from 1": bool(learn.neighbours)
        and min(learn.neighbours) >= 1,
        "recipe.learn.spread is not between 0 and 1": 0 < learn.spread < 1,
        "recipe.learn.prior is not in 0..1": 0 <= learn.prior <= 1,
        "recipe.learn.max_pool is not 0 or more": learn.max_pool >= 0,
        "recipe.learn.lexical_strength is not above 0": 0 < learn.lexical_strength < inf,
        "recipe.learn.certify_share is not in 0..1": 0 <= learn.certify_share <= 1,
        "recipe.tune.steps is not 1 or more": tune.steps >= 1,
        "recipe.tune.rate is not above 0": 0 < tune.rate < inf,
        "recipe.tune.batch is not 4 or more": tune.batch >= 4,  # noqa: PLR2004 - two of two classes
        "recipe.tune.temperature is not above 0": 0 < tune.temperature < inf,
        "recipe.tune.max_tokens is not 3 or more": tune.max_tokens >= 3,  # noqa: PLR2004 - and marks
        "recipe.schedule.candidates holds a name that is not one of " + ", ".join(LEARNERS): set(
            schedule.candidates
        )
        <= set(LEARNERS),
        "recipe.schedule.candidates holds one that wants a teacher, and there is none": bool(
            written.teacher
        )
        or not set(schedule.candidates) & TAUGHT,
        'recipe.schedule.candidates does not hold "frozen"': not schedule.candidates
        or "frozen" in schedule.candidates,
        "recipe.schedule.folds is 1 or below 0": schedule.folds >= 0 and schedule.folds != 1,
        "recipe.schedule.steps is not 0 or more": schedule.steps >= 0,
        "recipe.schedule.spare_rows is not 0 or more": schedule.spare_rows >= 0,
        "recipe.schedule.seconds is not 0 or more": 0 <= schedule.seconds < inf,
        "recipe.shapes.max_windows is not in 1..64": 1 <= recipe.shapes.max_windows <= 64,  # noqa: PLR2004 - as the runtime has it
        "recipe.shapes.max_characters is not 0 or more": recipe.shapes.max_characters >= 0,
        "recipe.shrink.strength is not above 0": 0 < shrink.strength < inf,
        "recipe.shrink.min_rows is not 1 or more": shrink.min_rows >= 1,
        "recipe.shrink.max_disagreement is not in 0..1": 0 <= shrink.max_disagreement <= 1,
        "recipe.shrink.defer_rarest is not in 0..1": 0 <= shrink.defer_rarest <= 1,
        "recipe.shrink.min_pairs is not 1 or more": shrink.min_pairs >= 1,
        "recipe.shrink.mix is not 0 or more": 0 <= shrink.mix < inf,
        "recipe.point.certify is not in 0..1": 0 <= recipe.point.certify <= 1,
        "recipe.point.layers is not 0 or more": recipe.point.layers >= 0,
        "recipe.point.compared is not 0 or more": recipe.point.compared >= 0,
        "recipe.budget.max_mib is not 0 or more": 0 <= recipe.budget.max_mib < inf,
        "recipe.budget.max_ms is not 0 or more": 0 <= recipe.budget.max_ms < inf,
        "recipe.budget.max_loss is not 0 or more": 0 <= recipe.budget.max_loss < inf,
        "recipe.budget.min_throughput is not 0 or more": 0 <= recipe.budget.min_throughput < inf,
        "recipe.examine.promise is not between 0 and 1": 0 < examine.promise < 1,
        "recipe.examine.max_texts is not 0 or more": examine.max_texts >= 0,
        "recipe.examine.keep is not between 0 and 1": 0 < examine.keep < 1,
        "recipe.examine.mistakes is not 0 or more": examine.mistakes >= 0,
    }
    for rule, is_kept in rules.items():
        if not is_kept:
            raise RecipeError(where, rule)


def _refuse_unknown(
    found: dict[str, object], known: dict[str, object], where: str, at: str
) -> None:
    for key, value in found.items():
        if key not in known:
            raise RecipeError(where, f'unknown key "{at}{key}"; known: {", ".join(known)}')
        inner = known[key]
        if isinstance(value, dict) and isinstance(inner, dict):
            _refuse_unknown(value, inner, where, f"{at}{key}.")
