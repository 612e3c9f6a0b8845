"""Gates: the words they are read from, and what they come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import dossiers
import pytest
import stories

from lissom.bundle import BaseModel
from lissom.errors import PolicyFileError
from lissom.evidence import Evidence, Finding, Name, NotMeasured
from lissom.govern.decision import LICENCE_GATE, decide_release, read_decision, write_decision
from lissom.govern.gate import NoGate, find_figure, read_gate
from lissom.govern.policy_file import read_policy
from lissom.govern.record import RowLicence
from lissom.govern.weigh import weigh

LEAK = Finding("leak.test", "high", "Test rows are in the training rows.", (), (), 9, "Take out.")


def judged(gate: str, story: object = None, **more: object) -> tuple[str, str]:
    """Return state and reason of one gate."""
    found = weigh(read_gate(gate), dossiers.make_dossier(story, **more))
    return found.state, found.reason.replace("\u00a0", " ")


def share(name: str, value: float, low: float, high: float, n: int = 100) -> Evidence:
    return Evidence(name, value, low, high, n, "share", "Wilson", "rows")


def accurate(value: float = 0.9, low: float = 0.86, high: float = 0.93) -> object:
    return dossiers.with_figure(stories.shop(), share("task.accuracy", value, low, high))


@pytest.mark.parametrize(
    ("gate", "state"),
    [
        ("accuracy low bound >= 0.85", "holds"),
        ("accuracy low bound >= 0.86", "holds"),
        ("accuracy low bound > 0.86", "broken"),
        ("accuracy low bound >= 0.87", "broken"),
        ("accuracy value >= 0.9", "holds"),
        ("accuracy high bound <= 95 %", "holds"),
        ("accuracy >= 0.85", "holds"),
        ("accuracy >= 0.88", "open"),
        ("accuracy >= 0.94", "broken"),
        ("Accuracy  >=  88%", "open"),
        ("task.accuracy < 0.94", "holds"),
        ("task.accuracy < 0.93", "open"),
        ('"task.accuracy" <= 0.85', "broken"),
        ("accuracy > task.majority_share", "holds"),
        ("task.class.refund.recall value >= 0.2", "holds"),
        ("size.model_mib <= 24", "holds"),
        ("Typical wait <= 5 ms", "holds"),
        ("cost.throughput_texts_per_s >= 5000 texts/s", "broken"),
        ("compression.accuracy_loss <= 1 points", "open"),
        ("energy.joules_per_text <= 1 joules", "open"),
        ("accuracy is measured", "holds"),
        ("energy.joules_per_text is measured", "broken"),
    ],
)
def test_a_figure_is_held_against_a_limit(gate: str, state: str) -> None:
    assert judged(gate, accurate())[0] == state


def test_a_reason_has_the_figure_its_interval_and_the_limit() -> None:
    assert judged("accuracy low bound >= 0.87", accurate())[1] == (
        "Accuracy is 90.0 % (86.0 to 93.0 %, n = 100); its low bound misses >= 87 %."
    )
    assert judged("energy.joules_per_text <= 1", accurate())[1] == (
        "Energy was not measured: this machine has no energy counter."
    )


def test_a_figure_that_was_not_measured_never_holds() -> None:
    story = dossiers.with_figure(stories.shop(), NotMeasured("task.accuracy", "no labels"))
    for gate in ("accuracy >= 0", "accuracy high bound <= 1", "task.macro_f1 <= task.accuracy"):
        assert judged(gate, story)[0] == "open", gate


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        ("acuracy >= 0.85", 'did you mean "task.accuracy"'),
        ("task.acuracy >= 0.85", 'did you mean "task.accuracy"'),
        ("accuracy >= 85", "write 0.85, or 85 %"),
        ("accuracy >= 120 %", "no share between 0 and 1"),
        ("accuracy >= 0.8 ms", "the figure is in share"),
        ("Typical wait <= 5 kg", "the figure is in ms, not in that"),
        ("accuracy >= high", '"high" is no figure'),
        ("accuracy = 0.9", "is no gate"),
        ("accuracy", "is no gate"),
        ("", "is no gate"),
        ("is very good", "is no gate"),
        ("no unresolved leek", "did you mean leak"),
        ("no trouble", "is no kind of finding"),
        ("licence allows everything", '"allows" one of commercial use'),
        ("every class", 'write like "every class recall'),
        ("every class accuracy >= 0.5", "classes have recall and precision"),
        ("every group recall >= 0.5", "groups have accuracy"),
        ("every row n >= 3", 'write like "every class recall'),
        ("use.purpos is answered", "did you mean use.purpose"),
        ("x" * 500, "too long for a gate"),
    ],
)
def test_words_that_are_no_gate_are_refused_with_what_was_meant(gate: str, says: str) -> None:
    with pytest.raises(NoGate) as caught:
        read_gate(gate)
    assert says in str(caught.value)


def test_a_name_that_may_mean_two_figures_is_refused() -> None:
    assert find_figure("ece") == "calibration.ece"
    assert find_figure("Largest class") == "task.majority_share"
    alike = [Name(f"{part}.auroc", part, "share", "Telling apart.") for part in ("far", "near")]
    with pytest.raises(
        NoGate, match=r'"auroc" may be far\.auroc or near\.auroc; write one of them'
    ):
        find_figure("auroc", alike)


@pytest.mark.parametrize(
    ("gate", "severity", "state"),
    [
        ("no unresolved leak", "high", "broken"),
        ("no leak", "high", "broken"),
        ("no leak.test", "high", "broken"),
        ("no leak.other", "high", "holds"),
        ("no medium leak", "high", "broken"),
        ("no low leak", "high", "broken"),
        ("no medium leak", "low", "holds"),
        ("no high leak", "high", "broken"),
        ("no high leak", "low", "holds"),
        ("no unresolved label", "high", "holds"),
        ("no high finding", "high", "broken"),
        ("no high finding", "medium", "holds"),
        ("no unresolved finding", "low", "broken"),
        ("no unresolved poison", "high", "open"),
    ],
)
def test_findings_are_looked_for_by_kind_and_severity(gate: str, severity: str, state: str) -> None:
    story = replace(stories.shop(), findings=(replace(LEAK, severity=severity),))
    assert judged(gate, story)[0] == state


def test_what_the_audit_does_not_look_for_is_never_absent() -> None:
    assert judged("no unresolved poison")[1] == 'The audit does not look for "poison".'
    assert judged("no unresolved poison", audited=("poison",))[0] == "holds"
    assert judged("no unresolved poison", audited=("poison.token",))[0] == "holds"
    assert judged("no unresolved poison.style", audited=("poison.token",))[0] == "open"


@pytest.mark.parametrize(
    ("gate", "state"),
    [
        ("no label", "open"),
        ("no label.error", "open"),
        ("no label.conflict", "holds"),
        ("no high finding", "holds"),
    ],
)
def test_what_this_audit_could_not_look_for_is_not_absent_either(gate: str, state: str) -> None:
    story = replace(stories.shop(), findings=())
    gaps = {"label.error": "too many rows"}
    found, reason = judged(gate, story, not_looked=gaps)
    assert found == state
    assert ("label.error: too many rows" in reason) is (state == "open")
    wrong = Finding("label.error", "low", "Wrong labels.", (), (), 3, "Read them.")
    if state == "open":
        assert judged(gate, replace(story, findings=(wrong,)), not_looked=gaps)[0] == "broken"


def test_an_accepted_finding_counts_until_its_day_and_only_where_the_gate_says_so() -> None:
    story = replace(stories.shop(), findings=(LEAK,))
    accept = '[[accept]]\nfinding = "leak"\nreason = "Common words."\nby = "Jo"\nuntil = {}\n'
    gates = 'gates = ["no unresolved leak", "no leak"]\n'
    for until, states in (("2026-11-24", ["holds", "broken"]), ("2026-11-23", ["broken"] * 2)):
        dossier = dossiers.make_dossier(story, policy=gates + accept.format(until))
        assert [weigh(gate, dossier).state for gate in dossier.policy.gates] == states


def grouped(*groups: Evidence | NotMeasured) -> object:
    story = accurate(0.9, 0.88, 0.92)
    for item in groups:
        story = dossiers.with_figure(story, item)
    return story


def group(name: str, value: float, low: float, high: float, n: int = 40) -> Evidence:
    return share(f"groups.channel.{name}.accuracy", value, low, high, n)


@pytest.mark.parametrize(
    ("groups", "state"),
    [
        ((group("mail", 0.9, 0.8, 0.95), group("chat", 0.86, 0.7, 0.93)), "holds"),
        ((group("mail", 0.9, 0.8, 0.95), group("chat", 0.8, 0.7, 0.88)), "open"),
        ((group("mail", 0.9, 0.8, 0.95), group("chat", 0.6, 0.5, 0.7)), "broken"),
        ((group("mail", 0.9, 0.8, 0.95), group("chat", 0.9, 0.8, 0.95, n=29)), "broken"),
        ((group("mail", 1.0, 0.9, 1.0),), "holds"),
        ((NotMeasured("groups.channel.fax.accuracy", "5 rows"),), "open"),
        ((), "open"),
    ],
)
def test_every_group_has_enough_rows_and_lies_close_to_all_rows(
    groups: tuple[Evidence, ...], state: str
) -> None:
    assert judged("every group n >= 30 within 5 points", grouped(*groups))[0] == state


def test_the_reason_names_the_groups_that_stand_out() -> None:
    story = grouped(group("mail", 0.9, 0.8, 0.95), group("chat", 0.6, 0.5, 0.7))
    assert judged("every group n >= 30 within 5 points", story)[1] == (
        '1 of 2 groups: "channel.chat" has 60.0 % (50.0 to 70.0 %, n = 40), '
        "30.0 points below all rows."
    )


def test_every_class_is_held_against_a_limit() -> None:
    assert judged("every class n >= 20")[0] == "holds"
    assert judged("every class n >= 21")[0] == "broken"
    assert judged("every class recall value >= 0.99")[0] == "broken"
    assert judged("every class precision high bound >= 0.2")[0] == "holds"
    assert judged("every class recall >= 0.6", stories.nothing())[0] == "open"


@pytest.mark.parametrize(
    ("gate", "description", "state"),
    [
        ("description is complete", dossiers.DESCRIPTION, "holds"),
        ("nothing is missing", dossiers.DESCRIPTION, "broken"),
        ("use.purpose is answered", dossiers.DESCRIPTION, "holds"),
        ("law.risks is answered", dossiers.DESCRIPTION, "broken"),
        ("description is complete", "", "broken"),
    ],
)
def test_answers_may_be_asked_for(gate: str, description: str, state: str) -> None:
    assert judged(gate, description=description)[0] == state


def test_verdict_and_warnings_may_be_asked_for() -> None:
    sound = replace(stories.two(), warnings=())
    assert judged("verdict is pass", sound, classes=2)[0] == "holds"
    assert judged("no warning", sound, classes=2)[0] == "holds"
    assert judged("verdict is pass", stories.failing())[0] == "broken"
    assert judged("no warning")[0] == "broken"


@pytest.mark.parametrize(
    ("gate", "licences", "said", "state"),
    [
        ("licence allows commercial use", [""], "MIT", "holds"),
        ("licence allows commercial use", [""], "CC-BY-NC-4.0", "broken"),
        ("licence allows commercial use", ["", "CC-BY-NC-4.0"], "MIT", "broken"),
        ("licence allows commercial use", ["CC-BY-4.0"], "CC-BY-NC-4.0", "holds"),
        ("licence allows commercial use", ["", "odd"], "MIT", "open"),
        ("licence allows commercial use", [""], "", "open"),
        ("licence allows redistribution", [""], "NONE", "broken"),
        ("licence allows changes", [""], "CC-BY-ND-4.0", "open"),
        ("licence is known", [""], "MIT", "holds"),
        ("licence is known", [""], "", "broken"),
        ("licence is known", ["MITT"], "MIT", "broken"),
    ],
)
def test_licences_of_base_rows_and_source_are_weighed_together(
    gate: str, licences: list[str], said: str, state: str
) -> None:
    rows = tuple(RowLicence(text, 10) for text in licences)
    description = f'[data]\nlicence = "{said}"\n' if said else ""
    found, reason = judged(gate, licences=rows, description=description)
    assert found == state
    assert reason.endswith(".")


USES = {
    "for gain": "commercial = true",
    "given out": 'shared = "model"',
    "neither": 'commercial = false\nshared = "internal"',
}


@pytest.mark.parametrize(
    ("use", "data", "outcome"),
    [
        ("for gain", "CC-BY-NC-4.0", "block"),
        ("neither", "CC-BY-NC-4.0", "release"),
        ("for gain", "CC-BY-4.0", "release"),
        ("given out", "NONE", "block"),
        ("given out", "CC-BY-NC-4.0", "release"),
        ("for gain", "LicenseRef-odd", "release"),
    ],
)
def test_a_conflict_with_the_stated_use_blocks_without_any_policy(
    use: str, data: str, outcome: str
) -> None:
    description = f'[use]\n{USES[use]}\n[data]\nlicence = "{data}"\n'
    rows = (RowLicence("", 10),)
    dossier = dossiers.make_dossier(description=description, policy="", licences=rows)
    decision = decide_release(dossier)
    assert decision.outcome == outcome
    assert decision.is_released is (outcome == "release")
    assert [one.gate for one in decision.gates] == [LICENCE_GATE]


def test_a_base_model_that_asks_for_its_own_licence_is_not_given_out_under_another() -> None:
    bound = BaseModel(name="tiny", sha256="3" * 64, licence="GPL-3.0-only")
    facts = replace(dossiers.FACTS, base_model=bound)
    for own, state in (("MIT", "open"), ("GPL-3.0-only", "holds")):
        description = f'[use]\nshared = "model"\n[about]\nlicence = "{own}"\n'
        dossier = replace(dossiers.make_dossier(description=description, policy=""), facts=facts)
        assert decide_release(dossier).gates[0].state == state


def test_all_gates_must_hold_and_an_open_one_releases_nothing_where_somebody_asks() -> None:
    states = {
        'gates = ["accuracy value >= 0.1"]': "release",
        'gates = ["accuracy value >= 0.1", "no unresolved poison"]': "undecided",
        'gates = ["accuracy value >= 0.999", "no unresolved poison"]': "block",
    }
    for policy, outcome in states.items():
        decision = decide_release(dossiers.make_dossier(policy=policy))
        assert decision.outcome == outcome
        assert decision.is_released is (outcome == "release")
    assert [one.state for one in decision.failed] == ["broken", "open"]


def test_a_decision_reads_back_as_it_was_written() -> None:
    dossier = dossiers.make_dossier()
    raw = write_decision(dossier).encode()
    assert read_decision(raw) == decide_release(dossier)


def test_a_policy_of_somebody_else_takes_the_place_of_the_bundles_own() -> None:
    theirs = read_policy(b'gates = ["accuracy value >= 0.999"]', "theirs.toml")
    assert decide_release(dossiers.make_dossier(), theirs).outcome == "block"


def test_what_its_builder_accepted_its_receiver_has_not() -> None:
    story = replace(stories.shop(), findings=(LEAK,))
    gates = 'gates = ["no unresolved leak"]\n'
    accept = '[[accept]]\nfinding = "leak"\nreason = "Common words."\nby = "Jo"\n'
    strict = read_policy(gates.encode(), "theirs.toml")
    kind = read_policy((gates + accept).encode(), "theirs.toml")
    for own, theirs, outcome in ((gates + accept, strict, "block"), (gates, kind, "release")):
        dossier = dossiers.make_dossier(story, policy=own, description="")
        assert decide_release(dossier, theirs).outcome == outcome
        assert decide_release(dossier).outcome == ("release" if theirs is strict else "block")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("gates = []", "it has 0 gates"),
        ("", "missing required field `gates`"),
        ('gates = ["no leek"]', "did you mean leak"),
        ('gates = ["no leak"]\nmore = 1', "unknown field `more`"),
        ('gates = ["no leak"]\n[[accept]]\nfinding = "leak"', "missing required field `reason`"),
        (
            'gates = ["no leak"]\n[[accept]]\nfinding = "leek"\nreason = "x"\nby = "y"',
            "no kind of finding",
        ),
        (f"gates = {['no leak'] * 300}", "it has 300 gates"),
        ("gates = " + "[" * 5000, "policy.toml: "),
        ("gates = [1]", "Expected `str`"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(raw: str, says: str) -> None:
    with pytest.raises(PolicyFileError) as caught:
        read_policy(raw.encode(), "policy.toml")
    assert says in str(caught.value)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_a_day_of_acceptance_is_a_date() -> None:
    raw = 'gates = ["no leak"]\n[[accept]]\nfinding = "leak"\nreason = "x"\nby = "y"\n'
    raw += "until = 2027-01-01"
    (one,) = read_policy(raw.encode(), "p").accepted
    assert one.until == date(2027, 1, 1)
