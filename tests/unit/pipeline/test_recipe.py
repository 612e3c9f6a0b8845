"""A recipe says what was done, and refuses what it does not know."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lissom.errors import RecipeError
from lissom.learn import Learning
from lissom.pipeline.recipe import Examining, Recipe, Written, read_recipe
from lissom.shrink import Shrinking


@given(
    seed=st.integers(0, 2**31),
    base=st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20),
    rare=st.booleans(),
    folds=st.integers(2, 20),
    neighbours=st.lists(st.integers(1, 50), min_size=1, max_size=4).map(tuple),
    promise=st.floats(0.5, 0.99),
    mix=st.floats(0, 2),
)
def test_written_then_read_is_the_same_recipe(  # noqa: PLR0913 - hypothesis draws each setting
    *,
    seed: int,
    base: str,
    rare: bool,
    folds: int,
    neighbours: tuple[int, ...],
    promise: float,
    mix: float,
) -> None:
    recipe = Recipe(
        Learning(folds=folds, neighbours=neighbours), Shrinking(mix=mix), Examining(promise)
    )
    written = Written(seed, base, keep_rare_labels=rare, recipe=recipe)
    again = read_recipe(written.to_toml(), "recipe.toml")
    assert again == written
    assert again.fingerprint == written.fingerprint
    assert (
        Written(seed + 1, base, keep_rare_labels=rare, recipe=recipe).fingerprint
        != written.fingerprint
    )


def test_an_empty_recipe_is_the_default() -> None:
    assert read_recipe(b"", "recipe.toml") == Written()


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"sead = 7", "sead"),
        (b"[recipe.learn]\nfoldz = 5", "recipe.learn.foldz"),
        (b"[recipe.lern]\nfolds = 5", "recipe.lern"),
        (b"[recipe.shrink.more]\nx = 1", "recipe.shrink.more"),
    ],
)
def test_an_unknown_key_is_named_with_those_that_are_known(raw: bytes, key: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read_recipe(raw, "my.toml")
    assert f'unknown key "{key}"' in str(caught.value)
    assert "my.toml" in str(caught.value)
    assert "known: " in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        b'seed = "seven"',
        b"seed = 1.5",
        b"keep_rare_labels = 1",
        b"recipe = 3",
        b'[recipe.learn]\nfolds = "five"',
        b"[recipe.learn]\nneighbours = 5",
        b"[recipe]\nlearn = 1",
        b"not toml",
        b"\xff\xfe",
    ],
)
def test_a_value_of_another_type_is_an_error_with_the_files_name(raw: bytes) -> None:
    with pytest.raises(RecipeError, match=r"my\.toml"):
        read_recipe(raw, "my.toml")


@pytest.mark.parametrize(
    "line",
    [
        "[recipe.learn]\nfolds = 1",
        "[recipe.learn]\nstrength = 0.0",
        "[recipe.learn]\nneighbours = []",
        "[recipe.learn]\nneighbours = [0]",
        "[recipe.learn]\nspread = 1.0",
        "[recipe.learn]\nprior = -0.1",
        "[recipe.learn]\nmax_pool = -1",
        "[recipe.learn]\nlexical_strength = 0.0",
        "[recipe.learn]\ncertify_share = 1.5",
        "[recipe.shrink]\nstrength = -1.0",
        "[recipe.shrink]\nmin_rows = 0",
        "[recipe.shrink]\nmax_disagreement = 2.0",
        "[recipe.shrink]\ndefer_rarest = -0.5",
        "[recipe.shrink]\nmin_pairs = 0",
        "[recipe.shrink]\nmix = -1.0",
        "[recipe.examine]\npromise = 1.0",
        "[recipe.examine]\npromise = nan",
        "[recipe.examine]\nmax_texts = -1",
        "[recipe.examine]\nmistakes = -1",
        "seed = -1",
    ],
)
def test_a_value_that_means_nothing_is_refused_and_named(line: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read_recipe(line.encode(), "my.toml")
    assert line.rsplit("\n", maxsplit=1)[-1].split(" = ", maxsplit=1)[0] in str(caught.value)


def test_settings_stay_few() -> None:
    for kind in (Learning, Shrinking, Examining):
        assert len(fields(kind)) <= 8
