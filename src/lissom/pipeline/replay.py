"""Building by a recipe that an earlier build wrote down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lissom.errors import RecipeError
from lissom.learn import for_time
from lissom.pipeline.recipe import read_recipe
from lissom.pipeline.store import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.data import Described
    from lissom.nets import Base
    from lissom.pipeline.order import Order
    from lissom.pipeline.recipe import Written


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
        declared=replace(order.declared, other=_other(order, written)),
        recipe_base=written.base,
        recipe_teacher=written.teacher,
        recipe_classes=written.classes,
    )


def take_time(order: Order) -> Order:
    """Return the order with as much to read as the time that was named for it allows.

    A recipe file says itself how much was read, and is followed to the letter.
    """
    recipe = order.recipe
    return replace(order, recipe=replace(recipe, shapes=for_time(recipe.shapes, order.seconds)))


def _other(order: Order, written: Written) -> str:
    return written.other if order.declared.other is None else order.declared.other


def fingerprint_classes(listed: Sequence[Described]) -> str:
    """Return what a recipe says of a list of classes: nothing about them, but that it is the same.

    >>> fingerprint_classes(())
    ''
    """
    return fingerprint(list(listed))[:32] if listed else ""


def check_classes(order: Order, listed: Sequence[Described]) -> None:
    """Refuse another list of classes than the recipe's: names and descriptions are learned from.

    Raises:
        RecipeError: it is another, or there is one and the recipe had none.
    """
    wanted = order.recipe_classes
    if wanted is not None and wanted != fingerprint_classes(listed):
        how = "with the list that it was made with" if wanted else "without --classes"
        raise RecipeError(
            str(order.recipe_file), f"it was made with another list of classes; build {how}"
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


def check_teacher(order: Order, teacher: Base | None) -> None:
    """Refuse a teacher other than the recipe's, or one more or one less than it had.

    Raises:
        RecipeError: it is another.
    """
    wanted = order.recipe_teacher
    found = teacher.sha256 if teacher is not None else ""
    if wanted is None or wanted == found:
        return
    how = (
        f"with a teacher whose weights begin with {wanted[:12]}; name that encoder with --teacher"
        if wanted
        else "without a teacher; build without --teacher"
    )
    raise RecipeError(str(order.recipe_file), f"it was made {how}")
