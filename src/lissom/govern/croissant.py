"""croissant.json: the tables that were read, for machines.

Source: Croissant 1.1 and Croissant RAI 1.0, mlcommons.org; checked with mlcroissant in the tests.
What nobody said is left out or, where the vocabulary is one of prose, says MISSING.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lissom.data.licence import LISTED
from lissom.govern.description import MISSING
from lissom.govern.figures import count, say
from lissom.govern.markdown import unescape
from lissom.govern.markup import clean
from lissom.govern.rights import find_rights
from lissom.govern.said import finding_lines

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier
    from lissom.govern.record import Table

CONFORMS_TO = (
    "http://mlcommons.org/croissant/1.1",
    "http://mlcommons.org/croissant/RAI/1.0",
)
_OWN_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
    *("fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset"),
    *("jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
_CONTEXT: dict[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{term: f"cr:{term}" for term in _OWN_TERMS},
}
_FORMATS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "ndjson": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LISTS = ("rai:dataAnnotationProtocol", "rai:dataUseCases")
"""Of the terms that a person answers, those that may stand several times."""

_ROLES = {
    "text": "The text that is read.",
    "label": "The answer; an empty cell is unlabelled.",
    "group": "Rows that belong together.",
    "date": "When the row was made.",
    "id": "Names the row; never learned from.",
    "licence": "The row's licence.",
    "annotator": "Who gave the label; never learned from.",
}


def write_croissant(dossier: Dossier) -> str:
    """Return the description of the rows as JSON-LD; it holds none of them."""
    tables = [one for one in dossier.record.tables if one.sha256]
    tree: dict[str, object] = {
        "@context": dict(sorted(_CONTEXT.items())),
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": _name(f"rows behind {dossier.story.name}"),
        "description": _about(dossier),
        "datePublished": dossier.day.isoformat(),
        **_licence(dossier),
        **_said(dossier),
        **_rai(dossier),
    }
    if tables:
        tree["distribution"] = [_file(one) for one in tables]
        tree["recordSet"] = [_records(one) for one in tables if one.columns]
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


def _name(raw: str) -> str:
    return " ".join(clean(raw).split())


def _about(dossier: Dossier) -> str:
    said = (
        ("rows", "data.rows"),
        ("labelled rows", "data.labelled_rows"),
        ("classes", "data.classes"),
    )
    counts = "; ".join(f"{title}: {say(dossier.story.find(name))}" for title, name in said)
    return _name(
        f"The rows that the model {dossier.story.name} was made from. {counts}. None of them is "
        f"here. Fingerprint of texts, labels and groups: sha256 {dossier.facts.data_fingerprint}."
    ).replace("\u00a0", " ")


def _licence(dossier: Dossier) -> dict[str, object]:
    texts = [one.expression.text for one in find_rights(dossier) if one.is_data]
    found = [_licence_url(text) for text in texts if text]
    return {"license": found[0] if len(found) == 1 else found} if found else {}


def _licence_url(text: str) -> str:
    return f"https://spdx.org/licenses/{text}" if text in LISTED else text


def _said(dossier: Dossier) -> dict[str, object]:
    found: dict[str, object] = {}
    if dossier.description.about.provider:
        name = _name(dossier.description.about.provider)
        found["creator"] = {"@type": "sc:Organization", "name": name}
    if dossier.description.data.language:
        codes = dossier.description.data.language.split(",")
        found["inLanguage"] = [code.strip() for code in codes if code.strip()]
    return found


def _rai(dossier: Dossier) -> dict[str, object]:
    say_key = dossier.description.say
    asked = {
        "rai:dataCollection": ("data.origin", "data.collected", "data.ground"),
        "rai:dataAnnotationProtocol": ("data.labelled_by",),
        "rai:dataUseCases": ("use.purpose",),
        "rai:dataSocialImpact": ("use.affected",),
        "rai:dataReleaseMaintenancePlan": ("data.kept",),
    }
    found: dict[str, object] = {}
    for term, keys in asked.items():
        said = [_name(say_key(key)) for key in keys if dossier.description.find(key) is not None]
        missing = [key for key in keys if dossier.description.find(key) is None]
        lines = said + ([f"{MISSING}: {', '.join(missing)}"] if missing else [])
        found[term] = lines if term in _LISTS else " ".join(lines)
    found["rai:dataPreprocessingProtocol"] = [
        "Texts were used as they stand; blank ones were left out of learning."
    ]
    found["rai:personalSensitiveInformation"] = _findings(dossier, "personal_data")
    found["rai:dataBiases"] = _findings(dossier, "label", "annotator", "language", "coverage")
    found["rai:dataLimitations"] = [
        *_findings(dossier, "duplicate", "leak", "poison", "contamination", "text"),
        *(_name(warning) for warning in dossier.story.warnings),
    ]
    return found


def _findings(dossier: Dossier, *kinds: str) -> list[str]:
    return [_name(unescape(line)) for line in finding_lines(dossier, *kinds)]


def _file(one: Table) -> dict[str, object]:
    name = _name(one.name)
    ending = name.lower().removesuffix(".gz").rpartition(".")[2]
    return {
        "@type": "cr:FileObject",
        "@id": f"file-{one.part}",
        "name": name,
        # Where it lies is its owner's business; a relative address is all that travels.
        "contentUrl": name,
        "contentSize": f"{one.size_bytes} B",
        "encodingFormat": _FORMATS.get(ending, "application/octet-stream"),
        "sha256": one.sha256,
    }


def _records(one: Table) -> dict[str, object]:
    key = f"records-{one.part}"
    return {
        "@type": "cr:RecordSet",
        "@id": key,
        "name": key,
        "description": f"{count(one.rows, 'row')} were kept.",
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{key}/{number}",
                "name": _name(name) or f"column {number}",
                "description": _ROLES.get(role, "Plays no part."),
                "dataType": "sc:Text",
                "source": {
                    "fileObject": {"@id": f"file-{one.part}"},
                    # As it stands in the file, but for halves of characters, which JSON has not.
                    "extract": {"column": name.encode("utf-8", "replace").decode()},
                },
            }
            for number, (name, role) in enumerate(one.columns.items())
        ],
    }
