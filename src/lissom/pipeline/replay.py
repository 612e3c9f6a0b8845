"""Building by a recipe that an earlier build wrote down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lissom.errors import RecipeError
from lissom.pipeline.recipe import read_recipe

if TYPE_CHECKING:
    from lissom.nets import Base
    from lissom.pipeline.order import Order


def follow(order: Order) -> Order:
    """Return the order with the settings, steps and seed of the recipe file that it names.

    Raises:
        RecipeError: the file cannot be read or says something we don't know.
    """
    path = order.recipe_file
    if path is None:
        return order
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RecipeError(str(path), f"it cannot be read ({error.strerror})") from error
    written = read_recipe(raw, str(path))
    return replace(
        order,
        seed=written.seed,
        recipe=written.recipe,
        keep_rare_labels=written.keep_rare_labels,
        task=order.task or written.task or None,
        none=order.none or written.none or None,
        recipe_base=written.base,
    )


def check_base(order: Order, base: Base) -> None:
    """Refuse a base other than the recipe's: the same settings would mean another model.

    Raises:
        RecipeError: it is another.
    """
    wanted = order.recipe_base
    if wanted and wanted != base.sha256:
        raise RecipeError(
            str(order.recipe_file),
            f"it was made with an encoder whose weights begin with {wanted[:12]}, and {base.name} "
            f"begins with {base.sha256[:12]}; name that encoder with --base",
        )
