"""The tree at the top of errors is the tree there is."""

from __future__ import annotations

import re

from lissom import errors

LEVEL = 4  # characters by which a child is indented


def drawn(text: str) -> dict[str, str]:
    """Return child -> parent of a tree drawn with lines; the root has the parent ""."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in text.splitlines():
        found = re.match(r"^([│├└─ ]*)([A-Z]\w+Error)\b", line)
        if found:
            depth = len(found[1]) // LEVEL
            path = [*path[:depth], found[2]]
            parents[found[2]] = path[-2] if depth else ""
    return parents


def defined() -> dict[str, str]:
    """Return child -> parent of the classes in the package."""
    classes = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, Exception)
        and kind.__module__.startswith(f"{errors.__name__}.")
    ]
    return {
        kind.__name__: "" if kind is errors.LissomError else kind.__bases__[0].__name__
        for kind in classes
    }


def test_every_error_stands_in_the_tree_under_its_parent() -> None:
    assert drawn(errors.__doc__ or "") == defined()


def test_there_are_errors_to_compare() -> None:
    assert len(defined()) > 20


def test_a_tree_that_leaves_one_out_or_hangs_it_elsewhere_is_found() -> None:
    tree = errors.__doc__ or ""
    assert drawn(tree.replace("│   └── SizeBudgetError\n", "")) != defined()
    assert drawn(tree.replace("│   └── SizeBudgetError", "├── SizeBudgetError")) != defined()


def test_every_error_says_what_it_is_for() -> None:
    assert [name for name in defined() if not getattr(errors, name).__doc__] == []
