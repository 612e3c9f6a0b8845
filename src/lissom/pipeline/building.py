"""The order of the stages: read, audit, learn, shrink, examine, document, sign."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, assert_never

import numpy as np

from lissom import __version__
from lissom.audit import (
    SEVERAL,
    Audited,
    Auditing,
    audit,
    audit_annotators,
    audit_labels,
    audit_poison,
)
from lissom.errors import OutputNotBuiltError
from lissom.evidence import Story
from lissom.govern import decide
from lissom.learn import UNKNOWN
from lissom.pipeline import exam
from lissom.pipeline.agreement import (
    agree_in_repeats,
    agree_with_test,
    measure_coverage,
)
from lissom.pipeline.budgeting import choose_point, hold_to_budget, limits_of, show_frontier
from lissom.pipeline.changes import what_changed
from lissom.pipeline.counting import Counted, count
from lissom.pipeline.declared import name_places, say_classes
from lissom.pipeline.encoding import GRAPH_VERSION, Desk, open_encoder, read_vectors
from lissom.pipeline.hearing import add_heard, listen, tell_heard
from lissom.pipeline.label_stages import (
    LabelLesson,
    Sitting,
    compare_ways,
    examine_labels,
    learn_labels,
    ship_labels,
)
from lissom.pipeline.learning import Lesson, judge_candidates, learn, schedule_for
from lissom.pipeline.material import Material
from lissom.pipeline.mixes import tell_leaning
from lissom.pipeline.notes import get_ready, take_notes
from lissom.pipeline.order import Built, default_out, name_paths
from lissom.pipeline.places import find_places
from lissom.pipeline.publish import Publication, name_base, publish
from lissom.pipeline.recipe import Written
from lissom.pipeline.replay import check_classes, fingerprint_classes, follow, take_time
from lissom.pipeline.rows import prepare, read_inputs
from lissom.pipeline.settle import judge
from lissom.pipeline.shipping import check_size
from lissom.pipeline.shrinking import Bench
from lissom.pipeline.starts import judged_targets, say_start, tell_start
from lissom.pipeline.store import Store, fingerprint
from lissom.pipeline.teaching import hear_teacher, open_teacher, refuse_teacher, tell_teacher
from lissom.progress import Silent
from lissom.runtime import count_cores
from lissom.tasks import Classes, Labels, Ranking
from lissom.tasks import Tokens as TokenOutput

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.evidence import Candidate
    from lissom.learn import Field
    from lissom.pipeline.encoding import Encoder
    from lissom.pipeline.exam import Examined
    from lissom.pipeline.learning import Learned
    from lissom.pipeline.notes import Papers
    from lissom.pipeline.order import Order
    from lissom.pipeline.places import Places
    from lissom.pipeline.recipe import Recipe
    from lissom.pipeline.rows import Inputs, Rows
    from lissom.pipeline.shipping import Parts
    from lissom.pipeline.shrinking import Shrunk
    from lissom.progress import Progress

LEARNING_VERSION = 5
"""Raised whenever a candidate or the student learns otherwise from the same settings."""


def build(order: Order, *, progress: Progress | None = None, places: Places | None = None) -> Built:
    """Build a bundle.

    Args:
        order: what is asked for.
        progress: hears how far it is; None for nobody.
        places: folders for cache and keys; None for the user's own.

    Raises:
        LissomError: bad input, an impossible budget, a base that cannot be used.
    """
    places, order = places or find_places(), follow(take_time(order))
    now = datetime.now(UTC)
    papers = get_ready(order, places, now.date())
    desk = Desk(
        order,
        places,
        Store(places.cache, fresh=order.fresh),
        progress or Silent(),
        time.perf_counter,
        now,
        order.threads or count_cores(),
    )
    for path in papers.demands.found:
        desk.progress.note(f"Found beside the data, and used: {path}")
    desk.stage("read")
    inputs = read_inputs(order, desk.progress)
    check_classes(order, inputs.listed)
    desk.stage("audit")
    how = Auditing(names_in=inputs.task.names_in)
    audited = audit(inputs.train, inputs.test, progress=desk.progress, how=how)
    rows = prepare(inputs, order)
    for note in rows.notes:
        desk.progress.note(note)
    encoder = replace(open_encoder(desk, rows.texts), teacher=open_teacher(desk, rows.texts))
    heard = listen(inputs.train, encoder.base, encoder.tokens.windows)
    audited = add_heard(audited, heard, inputs.train)
    match rows.output:
        case Classes():
            desk.stage("labels")
            read = partial(read_vectors, desk, encoder)
            audited = audited.plus(audit_labels(inputs.train, read, progress=desk.progress))
            audited = audited.plus(audit_annotators(inputs.train, read, progress=desk.progress))
            audited = audited.plus(audit_poison(inputs.train, read, progress=desk.progress))
            made = _make_classes(desk, encoder, inputs, rows)
        case Labels():
            audited = audited.plus(Audited((), {}, {"label.error": SEVERAL}))
            audited = audited.plus(
                audit_poison(inputs.train, None, progress=desk.progress, how=how)
            )
            made = _make_labels(desk, encoder, inputs, rows, rows.output)
        case Ranking() | TokenOutput():
            raise OutputNotBuiltError(type(rows.output).__name__)
        case _:
            assert_never(rows.output)
    made = replace(made, examined=tell_heard(made.examined, heard))
    told = (*made.examined.evidence, *audited.evidence)
    made = replace(made, examined=replace(made.examined, evidence=told))
    desk.stage("document")
    return _finish(desk, made, inputs, audited, rows, papers)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What the stages from learning to examining come to, whatever an answer is.

    Args:
        encoder: the one that ships.
        parts: the files that answer.
        examined: what was found out.
        candidates: ways of learning that were compared.
        recipe: the settings, with all that was planned and chosen written in.
        field: what the labels could decide, where each row has one class.
    """

    encoder: Encoder
    parts: Parts
    examined: Examined
    candidates: tuple[Candidate, ...]
    recipe: Recipe
    field: Field | None = None


def _make_classes(desk: Desk, encoder: Encoder, inputs: Inputs, rows: Rows) -> Made:
    learned = _learn(desk, encoder, rows)
    desk.stage("shrink", "int8 graph, lexical tier")
    shipped = replace(encoder, exported=learned.export() or encoder.exported)
    graph = shipped.exported.graph
    recipe = replace(desk.order.recipe, schedule=learned.schedule)
    bench = Bench(learned, graph, encoder.base, rows, recipe, desk.threads)
    found = choose_point(bench, desk.order, rows.texts, desk.clock, desk.progress)
    examined = _examine(desk, shipped, inputs, rows, found.shrunk)
    examined = show_frontier(examined, found.tried)
    started = learned.started(rows.classes, inputs.train.source)
    examined = tell_start(examined, started, is_tested=inputs.test is not None)
    candidates = judge_candidates(learned, inputs.train.source)
    recipe = replace(recipe, point=found.point, budget=found.limits)
    parts = found.shrunk.parts
    return Made(shipped, parts, examined, candidates, recipe, learned.field)


def _make_labels(desk: Desk, encoder: Encoder, inputs: Inputs, rows: Rows, output: Labels) -> Made:
    refuse_teacher(desk.order)
    recipe, seed = desk.order.recipe, desk.order.seed
    material, key = _gather(desk, encoder, rows)
    lesson = LabelLesson(material, rows, output, recipe, seed, key)
    desk.stage("learn", "labels on held-out folds")
    learned = learn_labels(lesson, encoder.tokens.windows, desk.store, desk)
    desk.stage("shrink", "int8 graph, lexical tier")
    parts = ship_labels(learned, encoder.exported.graph, encoder.base, recipe.point.weights)
    check_size(parts, limits_of(desk.order).max_mib)
    desk.stage("examine")

    def read(texts: list[str]) -> Material:
        return _unlabelled(desk, encoder, texts, len(output.names))

    sitting = Sitting(inputs, parts, read, desk.clock, desk.threads)
    found = examine_labels(lesson, learned, sitting)
    counted = count(_to_count(encoder, inputs, rows), None)
    examined = replace(found, evidence=(*found.evidence, *counted))
    candidates = compare_ways(lesson, learned, inputs.train.source)
    recipe = replace(recipe, budget=hold_to_budget(desk.order, examined.evidence))
    return Made(encoder, parts, examined, candidates, recipe)


def _gather(desk: Desk, encoder: Encoder, rows: Rows) -> tuple[Material, str]:
    """Return all rows as the learners want them, and the fingerprint of all that decides them."""
    desk.stage("read texts", f"{len(rows.texts)} texts")
    said = say_classes(rows.described, rows.other)
    material = Material(
        encoder.tokens.encode(rows.texts),
        read_vectors(desk, encoder, rows.texts),
        rows.targets,
        rows.groups,
        len(rows.classes),
        name_places(rows.described, lambda parts: read_vectors(desk, encoder, parts))
        if said
        else None,
        encoder.tokens.encode(said) if said else None,
        other=rows.other,
    )
    versions = (__version__, GRAPH_VERSION, LEARNING_VERSION)
    bases = [one.base.fingerprint for one in (encoder, encoder.teacher) if one]
    key = fingerprint(rows.fingerprint, bases, versions, desk.order.seed)
    return material, key


def _learn(desk: Desk, encoder: Encoder, rows: Rows) -> Learned:
    material, key = _gather(desk, encoder, rows)
    lesson = Lesson(
        material,
        rows.is_kept_apart,
        encoder.base,
        desk.order.recipe,
        desk.order.seed,
        key,
        desk.order.seconds,
        desk.order.processes,
        encoder.tokens.windows,
    )
    lesson.check_names(rows.classes)
    pace = desk.pace  # the base's: a slower teacher reads after this
    lesson = hear_teacher(desk, encoder.teacher, lesson, rows)
    schedule = schedule_for(lesson, pace=pace)
    desk.stage("learn", schedule.told)
    return learn(lesson, schedule, desk.store, desk.threads, desk)


def _examine(desk: Desk, encoder: Encoder, inputs: Inputs, rows: Rows, shrunk: Shrunk) -> Examined:
    desk.stage("examine")
    learned, parts = shrunk.learned, shrunk.parts
    recipe, rng = desk.order.recipe, np.random.default_rng([desk.order.seed, 2])
    model = parts.load(desk.threads)
    targets = rows.targets[learned.held_rows]
    if inputs.test is None:
        known = judged_targets(learned.field, targets, rows.groups[learned.held_rows])
        is_words = learned.trained.is_words
        judged = judge(learned.held, known, recipe, is_words=is_words, deferral=shrunk.deferral)
        where = rows.lines[learned.held_rows]
        targets, fair = exam.leave_chosen_out(targets, where, inputs)
        labelled = np.flatnonzero(targets != UNKNOWN)
        answered = exam.answered_by_repeats(judged, targets, rows.classes, learned.folds, fair)
        numbers = [int(inputs.train.rows[int(where[i])]) for i in labelled]
        texts = [rows.texts[learned.held_rows[i]] for i in labelled]
        unseen = [rows.texts[i] for i in shrunk.apart]
        source = f"unlabelled rows of {inputs.train.source} that nothing was fitted on"
        agreement = agree_in_repeats(shrunk, judged, answered, labelled, source)
    else:
        answered = exam.answered_by_artefact(model, inputs.test)
        numbers, texts = [int(row) for row in inputs.test.rows], inputs.test.texts
        unseen, source = texts[: recipe.examine.max_texts], inputs.test.source
        desk.progress.note(f"Reading {len(texts)} test texts with the full model, to compare.")
        whole = _parent_of(desk, encoder, learned, texts)
        agreement = agree_with_test(answered, whole)
    found = exam.examine_answers(answered, learned.settled, rng)
    covered = measure_coverage(model.answer(unseen).is_lexical, source)
    timed, timed_source = unseen, source
    if len(unseen) < exam.FEWEST_TIMED:
        timed, timed_source = texts, f"{answered.source}, seen in training"
    cost = exam.measure_cost(model, parts, timed, desk.clock, source=timed_source)
    counted = count(_to_count(encoder, inputs, rows), learned.settled.reading_temperature)
    told = tell_leaning(
        learned.settled.leaning,
        learned.unlabelled_chances(),
        answered if inputs.test is None else None,
        rows.classes,
        np.random.default_rng([desk.order.seed, 4]),
    )
    evidence = (*found.evidence, *agreement, covered, *cost, *counted, *told.evidence)
    mistakes = exam.find_mistakes(answered, numbers, texts, recipe.examine.mistakes)
    warnings = (*found.warnings, *told.warnings)
    return exam.Examined((*evidence, *exam.LEFT_OUT), found.pictures, warnings, mistakes)


def _to_count(encoder: Encoder, inputs: Inputs, rows: Rows) -> Counted:
    labelled = int((rows.targets != UNKNOWN).sum())
    source, read = inputs.train.source, len(inputs.train)
    return Counted(source, read, labelled, len(rows.classes), encoder.exported)


def _parent_of(
    desk: Desk, encoder: Encoder, learned: Learned, texts: list[str]
) -> NDArray[np.int64]:
    material = _unlabelled(desk, encoder, texts, learned.material.classes)
    return learned.trained.parent(learned.see(material))


def _unlabelled(desk: Desk, encoder: Encoder, texts: list[str], classes: int) -> Material:
    return Material(
        encoder.tokens.encode(texts),
        read_vectors(desk, encoder, texts),
        np.full(len(texts), UNKNOWN),
        np.arange(len(texts)),
        classes,
    )


def _finish(
    desk: Desk, made: Made, inputs: Inputs, audited: Audited, rows: Rows, papers: Papers
) -> Built:
    examined, encoder = made.examined, made.encoder
    order = desk.order
    out = order.out or default_out(inputs.train.source)
    verdict = decide(
        examined.evidence, audited.findings, examined.warnings, order.gates, len(rows.classes)
    )
    if made.field is not None:
        verdict = say_start(verdict, made.field, is_tested=inputs.test is not None)
    notes = take_notes(order, inputs, len(rows.classes), desk.now.date(), papers, verdict)
    notes = replace(notes, not_looked=audited.not_looked)
    verdict = replace(verdict, next_step=name_paths(verdict.next_step, order, out))
    written = Written(
        order.seed,
        encoder.base.sha256,
        encoder.teacher.base.sha256 if encoder.teacher else "",
        order.keep_rare_labels,
        inputs.task.word,
        order.none or "",
        fingerprint_classes(inputs.listed),
        rows.classes[rows.other] if rows.other is not None else "",
        made.recipe,
    )
    story = Story(
        name=out.name,
        verdict=verdict,
        evidence=examined.evidence,
        findings=audited.findings,
        candidates=made.candidates,
        pictures=examined.pictures,
        mistakes=examined.mistakes,
        facts=_facts(desk, encoder, inputs, rows, written),
        changes=what_changed(out, examined.evidence),
        warnings=examined.warnings,
        rows_to_read=audited.rows_to_read,
    )
    publication = Publication(
        out,
        story,
        made.parts,
        written,
        encoder.base,
        inputs.train.fingerprint,
        rows.kind,
        papers.key,
        notes,
    )
    published = publish(publication)
    desk.stage("")
    reused, decision = desk.store.reused, published.decision
    return Built(out, published.private, story, reused, desk.seconds, decision)


def _facts(
    desk: Desk, encoder: Encoder, inputs: Inputs, rows: Rows, written: Written
) -> dict[str, str]:
    roles = asdict(inputs.train.roles)
    apart = int(rows.is_kept_apart.sum())
    return {
        "built": desk.now.strftime("%Y-%m-%d %H:%M UTC"),
        "data": f"{inputs.train.source}, {len(inputs.train)} rows",
        "columns": ", ".join(f"{role} = {name}" for role, name in roles.items() if name),
        "rows set aside": str(inputs.set_aside),
        "rows kept apart to certify": str(apart),
        "test": inputs.test.source if inputs.test is not None else "none given",
        "base model": f"{name_base(encoder.base)} (sha256 {encoder.base.sha256[:16]})",
        "licence of the base": encoder.base.licence,
        **tell_teacher(encoder.teacher),
        "data fingerprint": inputs.train.fingerprint[:16],
        "recipe fingerprint": written.fingerprint[:16],
        "seed": str(written.seed),
    }
