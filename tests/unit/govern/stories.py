"""Plausible stories for the documents' tests: figures as a build would give them."""

from __future__ import annotations

import random

import numpy as np

from lissom.evidence import (
    NAMES,
    Candidate,
    Evidence,
    Finding,
    Measured,
    Mistake,
    NotMeasured,
    Picture,
    Story,
    Verdict,
    wilson,
)
from lissom.examine.labels import (
    AnsweredLabels,
    draw_labels,
    measure_label_calibration,
    measure_labels,
)
from lissom.govern import Gates, decide

SHOP = (
    "cancel_order",
    "change_address",
    "complaint",
    "damaged_item",
    "gift_card",
    "invoice",
    "opening_hours",
    "praise",
    "product_question",
    "refund",
    "return_label",
    "where_is_my_parcel",
)
HOSTILE = (
    '<script>alert("x")</script>',
    "a</title></svg><img src=x onerror=alert(1)>",
    "\u202eevil\u2066 label",
    "nul\x00bell\x07",
    "line\nbreak | pipe `tick` [link](javascript:alert(1))",
    "{{datum}} '\"; datum['x']",
    "  ",
    "'; DROP TABLE rows; -- \ud800",
    "a" * 300,
    "数据科学数据科学数据科学数据科学",
    "שלום עולם",
    "task.class.x.recall",
)


def make_story(
    names: tuple[str, ...], *, rows: int = 20, skill: float = 0.88, seed: int = 3
) -> Story:
    """Return a story of a model that finds `skill` of `rows` rows in each class."""
    rng = random.Random(seed)  # noqa: S311 - an example, not a secret
    cells = _confusion(names, rows, skill, rng)
    n = rows * len(names)
    hits = sum(count for (label, said), count in cells.items() if label == said)
    evidence = (*_scores(hits, n, len(names)), *_classes(names, cells, rows), *_costs(n))
    findings = _findings()
    warnings = (f'The class "{names[0]}" is used in only 2 of {n} answers.',)
    verdict = decide(evidence, findings, warnings, Gates(), len(names))
    mistakes = tuple(
        Mistake(
            37 * i + 4,
            f"Hello, I ordered two mugs on the 3rd and nothing came, no mail either. Please look "
            f"at number {1000 + i}.",
            names[i % len(names)],
            names[(i + 1) % len(names)],
            0.97 - i / 40,
        )
        for i in range(14)
    )
    facts = {
        "built": "23 November 2026",
        "data": "inbox.csv, 1,540 rows",
        "base model": "all-MiniLM-L6-v2",
        "licence of the base": "Apache-2.0",
        "recipe": "sha256 3f9a0c8e, seed 0",
    }
    return Story(
        "shop-inbox",
        verdict,
        evidence,
        findings,
        _candidates(n, hits),
        _pictures(cells),
        mistakes,
        facts,
        ("Accuracy rose from 84.1 % to 87.6 %.", "60 rows gained a label."),
        warnings,
        {"duplicate.near": ((3, "Where is it?"), (90, "where is it ??"))},
    )


def shop() -> Story:
    return make_story(SHOP)


def many(classes: int = 77) -> Story:
    return make_story(tuple(f"intent_{i:03d}_about_something" for i in range(classes)), rows=10)


def two() -> Story:
    return make_story(("negative", "positive"), rows=60, skill=0.9)


def failing() -> Story:
    return make_story(SHOP, skill=0.0)


def thin() -> Story:
    return make_story(SHOP, rows=3)


def hostile() -> Story:
    story = make_story(HOSTILE)
    bad = HOSTILE[0] + "\u202e\x01" + HOSTILE[1]
    return Story(
        bad,
        Verdict(story.verdict.outcome, bad, (bad, bad, bad), bad),
        (*story.evidence, NotMeasured("a.b", bad), Evidence("c.d", 1.5, 1, 2, 3, bad, bad, bad)),
        (Finding("leak." + bad, "high", bad, (1,), (1.0,), 1, bad),),
        (Candidate(bad, NotMeasured("task.accuracy", bad), is_chosen=True, why=bad),),
        (*story.pictures, Picture("own", bad, "bars", {bad: HOSTILE, "n": (1,) * 12}, bad, "n")),
        (Mistake(0, bad, bad, bad, 0.5),),
        {"built": bad, "licence of the base": bad, bad: bad},
        (bad,),
        (bad,),
        {"leak." + bad: ((1, bad),)},
    )


def nothing() -> Story:
    evidence = tuple(NotMeasured(name.pattern, "there were 0 labelled rows") for name in NAMES)
    verdict = decide(evidence, (), (), Gates(), 2)
    return Story("shop-inbox", verdict, evidence, (), (), (), (), {})


def _confusion(
    names: tuple[str, ...], rows: int, skill: float, rng: random.Random
) -> dict[tuple[str, str], int]:
    cells: dict[tuple[str, str], int] = {}
    for i, label in enumerate(names):
        for _ in range(rows):
            near = names[(i + rng.choice((1, 1, 1, 5))) % len(names)]
            said = label if rng.random() < skill - 0.03 * (i % 5) else near
            cells[label, said] = cells.get((label, said), 0) + 1
    return cells


def share(name: str, hits: float, n: int, method: str = "cross-fitted, Wilson") -> Evidence:
    low, high = wilson(hits, n)
    return Evidence(name, hits / n, low, high, n, "share", method, "held-back rows of inbox.csv")


def _scores(hits: int, n: int, classes: int) -> tuple[Measured, ...]:
    return (
        share("task.accuracy", hits, n),
        Evidence(
            "task.macro_f1",
            hits / n - 0.01,
            hits / n - 0.05,
            hits / n + 0.03,
            n,
            "share",
            "cross-fitted, bootstrap",
            "held-back rows of inbox.csv",
        ),
        Evidence("task.log_loss", 0.412, 0.33, 0.5, n, "nats", "bootstrap", "held-back rows"),
        Evidence(
            "task.majority_share", 1.2 / classes, None, None, n, "share", "count", "inbox.csv"
        ),
        Evidence(
            "calibration.ece",
            0.034,
            0.021,
            0.062,
            n,
            "share",
            "15 bins, bootstrap",
            "held-back rows of inbox.csv",
        ),
        Evidence("calibration.temperature", 1.43, None, None, n, "factor", "fit", "held-back rows"),
        share("abstention.answered_share", 0.82 * n, n),
        share("abstention.precision", 0.95 * 0.82 * n, round(0.82 * n)),
        Evidence("abstention.threshold", 0.61, None, None, n, "probability", "chosen", "folds"),
    )


def _classes(
    names: tuple[str, ...], cells: dict[tuple[str, str], int], rows: int
) -> tuple[Measured, ...]:
    found: list[Measured] = []
    for name in names:
        said = sum(count for (_, given), count in cells.items() if given == name)
        hits = cells.get((name, name), 0)
        found.append(share(f"task.class.{name}.recall", hits, rows))
        precision = f"task.class.{name}.precision"
        found.append(share(precision, hits, said) if said else NotMeasured(precision, "never said"))
    return tuple(found)


def _costs(n: int) -> tuple[Measured, ...]:
    artefact = "shop-inbox as shipped"
    timed = "200 runs, bootstrap"
    return (
        share("compression.disagreement", 0.021 * 1540, 1540, "answers compared, Wilson"),
        share("compression.coverage_lexical", 0.58 * 1540, 1540, "count, Wilson"),
        Evidence("compression.accuracy_loss", 0.3, -0.6, 1.1, n, "points", "paired", artefact),
        Evidence("cost.latency_p50_ms", 1.12, 1.08, 1.19, 200, "ms", timed, artefact),
        Evidence("cost.latency_p95_ms", 7.9, 7.1, 9.4, 200, "ms", timed, artefact),
        Evidence("cost.throughput_texts_per_s", 2413, 2301, 2520, 5, "texts/s", timed, artefact),
        Evidence(
            "cost.encoder_throughput_texts_per_s", 402.7, 390, 411, 5, "texts/s", timed, artefact
        ),
        Evidence("cost.memory_mib", 143.2, None, None, 1, "MiB", "peak resident", artefact),
        Evidence("size.bundle_mib", 24.31, None, None, 1, "MiB", "sum of files", artefact),
        Evidence("size.model_mib", 23.9, None, None, 1, "MiB", "sum of files", artefact),
        Evidence("size.full_model_mib", 86.7, None, None, 1, "MiB", "sum of files", "base model"),
        Evidence("data.rows", 1540, None, None, 1540, "rows", "count", "inbox.csv"),
        NotMeasured("outside.auroc", "not built"),
        NotMeasured("energy.joules_per_text", "this machine has no energy counter"),
    )


def _findings() -> tuple[Finding, ...]:
    return (
        Finding(
            "duplicate.near",
            "medium",
            "Some rows are near-copies of others.",
            (3, 90),
            (0.97, 0.96),
            38,
            "They were kept on one side of every split; nothing to do.",
        ),
        Finding(
            "personal.email",
            "low",
            "Some rows hold an e-mail address.",
            (7,),
            (1.0,),
            21,
            "Ask whether it needs to be kept.",
            0.02,
        ),
    )


def _candidates(n: int, hits: int) -> tuple[Candidate, ...]:
    return (
        Candidate(
            "propagation",
            share("task.accuracy", hits, n),
            is_chosen=True,
            why="The unlabelled rows helped in 9 of 10 folds.",
        ),
        Candidate(
            "frozen",
            share("task.accuracy", 0.96 * hits, n),
            is_chosen=False,
            why="A linear head on the encoder; 3.5 points behind.",
        ),
        Candidate(
            "lexical",
            share("task.accuracy", 0.8 * hits, n),
            is_chosen=False,
            why="Bag of words; the baseline.",
        ),
    )


def _pictures(cells: dict[tuple[str, str], int]) -> tuple[Picture, ...]:
    said = (0.18, 0.33, 0.47, 0.58, 0.71, 0.83, 0.92, 0.98)
    right = (0.21, 0.31, 0.42, 0.6, 0.69, 0.85, 0.9, 0.99)
    span = tuple(0.16 - 0.016 * i for i in range(8))
    low = tuple(max(0.0, r - s) for r, s in zip(right, span, strict=True))
    high = tuple(min(1.0, r + s) for r, s in zip(right, span, strict=True))
    reliability = {"stated": said, "right": right, "from": low, "to": high, "rows": (9,) * 8}
    answered = tuple(0.1 * i for i in range(1, 11))
    precise = tuple(0.995 - 0.011 * i for i in range(10))
    pairs = tuple(cells)
    return (
        Picture(
            "task.confusion",
            "What the file says against what the model says",
            "heat",
            {
                "file": tuple(a for a, _ in pairs),
                "model": tuple(b for _, b in pairs),
                "rows": tuple(cells.values()),
            },
            "model",
            "file",
            colour="rows",
        ),
        Picture(
            "calibration.reliability",
            "Stated probability against how often it is right",
            "line",
            reliability,
            "stated",
            "right",
            "from",
            "to",
        ),
        Picture(
            "abstention.curve",
            "The more it answers, the less often it is right",
            "line",
            {"answered": answered, "right": precise},
            "answered",
            "right",
        ),
    )


def labels(names: tuple[str, ...] = SHOP, *, wrong: float = 0.05, rows: int = 600) -> Story:
    """Return a story of rows that have any number of labels, measured as a build would."""
    rng = np.random.default_rng(5)
    chances = rng.random((rows, len(names))) * np.linspace(0.9, 0.2, len(names))
    wanted = rng.random(chances.shape) < chances
    given = wanted ^ (rng.random(chances.shape) < wrong)
    right = np.where(given, chances, 1 - chances).prod(axis=1).astype(np.float32)
    told = ("cross-fitted repeats of the whole recipe, 5 folds", "labelled rows of tickets.csv")
    answered = AnsweredLabels(
        wanted, given, chances.astype(np.float32), right, right < 0.001, names, *told
    )
    evidence: tuple[Measured, ...] = (
        *measure_labels(answered, rng),
        *measure_label_calibration(answered, rng),
        Evidence("calibration.ece", 0.03, 0.01, 0.06, rows, "share", "10 bins", told[1]),
        Evidence("compression.agreement_f1", 0.98, 0.97, 0.99, rows, "share", *told),
        *_costs(rows),
    )
    pictures = draw_labels(answered)
    warnings = (f'The model gives "{names[0]}" to nearly every row.',)
    verdict = decide(evidence, (), (), Gates(), len(names))
    figure = next(item for item in evidence if item.name == "task.micro_f1")
    ways = tuple(Candidate(name, figure, name == "frozen", "") for name in ("frozen", "lexical"))
    mistakes = (Mistake(3, "Late again!", f"{names[0]} | {names[1]}", "none of the labels", 0.7),)
    return Story(
        "tickets",
        verdict,
        evidence,
        (),
        ways,
        pictures,
        mistakes,
        {"data": "tickets.csv"},
        (),
        warnings,
    )
