"""datasheet.md: the questions of Datasheets for Datasets, answered as far as anybody can.

Source: Gebru et al. (2021), Datasheets for Datasets, Communications of the ACM 64(12), 86-92; the
questions are put in our own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.govern.figures import count
from lissom.govern.markdown import bullets, plain, table
from lissom.govern.rights import find_rights
from lissom.govern.said import answer, figure, figure_of_all, figures, finding_lines

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier
    from lissom.govern.record import Table


_ABOUT = (
    "Figures were measured by the build; what only a person can know was said by one or is "
    "marked MISSING. No row is in here."
)


def write_datasheet(dossier: Dossier) -> str:
    """Return the data sheet of the rows that the model was made from; it holds none of them."""
    parts = (
        ("Motivation", _motivation(dossier)),
        ("Composition", _composition(dossier)),
        ("Collection process", _collection(dossier)),
        ("Preprocessing, cleaning, labelling", _preprocessing(dossier)),
        ("Uses", _uses(dossier)),
        ("Distribution", _distribution(dossier)),
        ("Maintenance", _maintenance(dossier)),
    )
    head = f"# Data sheet: the rows behind {plain(dossier.story.name)}"
    body = [f"## {title}\n\n{_ask(questions)}" for title, questions in parts]
    return "\n\n".join((head, _ABOUT, *body)) + "\n"


def _ask(questions: dict[str, str]) -> str:
    return "\n\n".join(f"**{question}**\n\n{reply}" for question, reply in questions.items())


def _motivation(dossier: Dossier) -> dict[str, str]:
    return {
        "What was it made for?": answer(dossier, "use.purpose"),
        "Who made it, and for whom?": answer(dossier, "data.origin", "about.provider"),
    }


def _composition(dossier: Dossier) -> dict[str, str]:
    tables = dossier.record.tables
    aside = plain(dossier.story.facts.get("rows set aside", "not noted"))
    return {
        "What is in it, and how much?": bullets(
            [*map(_table_line, tables), *figures(dossier, "data.")]
        ),
        "What does a row hold?": _columns(tables),
        "Is anything missing from rows?": bullets(
            [
                f"Rows set aside while reading: {aside}",
                *finding_lines(dossier, "text", "coverage"),
            ]
        ),
        "Is there a label?": bullets(
            [figure(dossier, "data.labelled_rows"), figure(dossier, "data.classes")]
        ),
        "Are there copies, errors, noise?": bullets(
            finding_lines(
                dossier, "duplicate", "leak", "label", "poison", "contamination", "encoding"
            )
        ),
        "Does it hold personal data?": bullets(finding_lines(dossier, "personal_data")),
        "Does it hold what may offend?": bullets(finding_lines(dossier, "content")),
        "Does it tell groups of people apart?": _or_nothing(
            figures(dossier, "groups."), "No groups were measured."
        ),
        "Are there recommended splits?": (
            "Rows that share a group, and near-copies, stay on one side of every split. "
            f"Test file: {plain(dossier.story.facts.get('test', 'none given'))}."
        ),
    }


def _collection(dossier: Dossier) -> dict[str, str]:
    return {
        "How and when was it collected?": answer(dossier, "data.collected"),
        "Did those concerned agree, or what else allows its use?": answer(dossier, "data.ground"),
    }


def _preprocessing(dossier: Dossier) -> dict[str, str]:
    return {
        "What was done to the rows?": (
            "Texts were used as they stand; blank ones were left out of learning. No row was "
            "changed by the build."
        ),
        "Who labelled them, and how?": answer(dossier, "data.labelled_by"),
        "Can the raw rows be recognised?": (
            f"By their fingerprint, sha256 {dossier.facts.data_fingerprint}, over texts, labels "
            "and groups in order."
        ),
    }


def _uses(dossier: Dossier) -> dict[str, str]:
    return {
        "What has it been used for?": (f"For the model in this bundle. {figure_of_all(dossier)}."),
        "What should it not be used for?": answer(dossier, "use.not_for"),
        "Whom may its use harm?": answer(dossier, "use.affected"),
    }


def _distribution(dossier: Dossier) -> dict[str, str]:
    rights = [one for one in find_rights(dossier) if one.is_data]
    return {
        "Who gets it?": (
            "The bundle holds no row. The model that was made from them: "
            + answer(dossier, "use.shared")
        ),
        "Under which licence?": _or_nothing(
            [plain(one.say()) for one in rights], answer(dossier, "data.licence")
        ),
    }


def _maintenance(dossier: Dossier) -> dict[str, str]:
    return {
        "Who keeps it up, and for how long?": answer(dossier, "data.kept"),
        "Whom can one ask?": answer(dossier, "about.contact"),
        "What changed since the last time?": _or_nothing(
            [plain(one) for one in dossier.story.changes],
            "Nothing is known of an earlier bundle in the same place.",
        ),
    }


def _table_line(one: Table) -> str:
    told = {"rows": "Learned from", "test": "Measured on", "unlabelled": "Learned from, unlabelled"}
    size = f", sha256 {one.sha256}" if one.sha256 else ""
    return f"{told.get(one.part, one.part)}: {plain(one.name)}, {count(one.rows, 'row')}{size}"


def _columns(tables: tuple[Table, ...]) -> str:
    rows = [
        (plain(one.name), plain(name), role or "plays no part")
        for one in tables
        for name, role in one.columns.items()
    ]
    return table(("File", "Column", "Role"), rows) if rows else "Not noted."


def _or_nothing(lines: list[str], otherwise: str) -> str:
    return bullets(lines) if lines else otherwise
