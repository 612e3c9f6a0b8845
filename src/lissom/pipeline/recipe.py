"""recipe.toml: the settings of every stage, written down so that a build can be repeated."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import asdict, dataclass, field

import msgspec
import tomli_w

from lissom.errors import RecipeError
from lissom.learn import Learning
from lissom.shrink import Shrinking


@dataclass(frozen=True, slots=True)
class Examining:
    """How the result is examined.

    Args:
        promise: precision that the answers which are not unsure are held to.
        max_texts: most texts that speed and agreement are measured on.
        mistakes: most mistakes listed in the private report.
    """

    promise: float = 0.95
    max_texts: int = 2000
    mistakes: int = 50


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of the stages; an unknown key in a recipe.toml is an error."""

    learn: Learning = field(default_factory=Learning)
    shrink: Shrinking = field(default_factory=Shrinking)
    examine: Examining = field(default_factory=Examining)


@dataclass(frozen=True, slots=True)
class Written:
    """A recipe.toml: the settings, and what else decides the result."""

    seed: int = 0
    base: str = ""
    keep_rare_labels: bool = False
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
        RecipeError: not TOML, an unknown key, or a value of another type.

    >>> read_recipe(b"seed = 7", "recipe.toml").seed
    7
    """
    try:
        found = tomllib.loads(raw.decode())
        _refuse_unknown(found, asdict(Written()), where, "")
        return msgspec.convert(found, Written)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RecipeError(where, str(error)) from error


def _refuse_unknown(
    found: dict[str, object], known: dict[str, object], where: str, at: str
) -> None:
    for key, value in found.items():
        if key not in known:
            raise RecipeError(where, f'unknown key "{at}{key}"; known: {", ".join(known)}')
        inner = known[key]
        if isinstance(value, dict) and isinstance(inner, dict):
            _refuse_unknown(value, inner, where, f"{at}{key}.")
