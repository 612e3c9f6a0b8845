"""A teacher: an encoder that the rows are read with once, to learn from, and that does not ship."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lissom.errors import BaseNotFoundError, TeacherNotFoundError, TeacherNotHeardError
from lissom.learn import View
from lissom.nets import find_base, look_here
from lissom.pipeline.declared import name_places, say_classes
from lissom.pipeline.encoding import Encoder, open_base, read_vectors
from lissom.pipeline.publish import name_base
from lissom.pipeline.replay import check_teacher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.nets import Base
    from lissom.pipeline.encoding import Desk
    from lissom.pipeline.learning import Lesson
    from lissom.pipeline.order import Order
    from lissom.pipeline.rows import Rows


def find_teacher(wanted: str, *, look: Callable[..., str] = look_here) -> Base:
    """Find a teacher on this machine; nothing is ever downloaded for one.

    Args:
        wanted: a folder, or a hub name ("owner/name") that was fetched before.
        look: finds a hub name among what was fetched.

    Raises:
        TeacherNotFoundError: it is not here, or not whole.
    """
    try:
        return find_base(wanted, download=look)
    except BaseNotFoundError as error:
        is_name = error.why.startswith("the hub said")
        raise TeacherNotFoundError(wanted, "" if is_name else error.why) from error


def open_teacher(desk: Desk, texts: Sequence[str]) -> Encoder | None:
    """Open the teacher that was asked for, or return None where none was.

    Raises:
        TeacherNotFoundError: it is not on this machine.
        RecipeError: the recipe that is followed was made with another, or with none.
    """
    wanted = desk.order.teacher
    base = find_teacher(wanted) if wanted is not None else None
    check_teacher(desk.order, base)
    return open_base(desk, base, texts) if base is not None else None


def refuse_teacher(order: Order) -> None:
    """Say that nobody would listen, rather than leave a teacher unheard in silence.

    Raises:
        TeacherNotHeardError: one was named.
    """
    if order.teacher is not None:
        raise TeacherNotHeardError(order.teacher)


def hear_teacher(desk: Desk, teacher: Encoder | None, lesson: Lesson, rows: Rows) -> Lesson:
    """Return the lesson with every row as the teacher sees it, too.

    Labels that cannot choose among candidates leave it unread: what cannot be judged is not
    shipped.
    """
    if teacher is None:
        return lesson
    if lesson.field.entrants:
        desk.note(f"The teacher is not heard: {lesson.field.why}.")
        return lesson
    desk.stage("teacher", f"{len(rows.texts)} texts, read by {teacher.base.name}")
    read = partial(read_vectors, desk, teacher)
    names = name_places(rows.described, read) if say_classes(rows.described, rows.other) else None
    view = View(read(rows.texts), names, rows.other)
    return replace(lesson, material=replace(lesson.material, taught=view))


def tell_teacher(teacher: Encoder | None) -> dict[str, str]:
    """Return what a report says of the teacher, by the name of the fact."""
    if teacher is None:
        return {}
    return {
        "teacher, not shipped": f"{name_base(teacher.base)} (sha256 {teacher.base.sha256[:16]})"
    }
