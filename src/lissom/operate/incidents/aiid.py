"""An incident in the fields of the AI Incident Database.

Source: the names of the fields are those of an incident in the database's own code, the public
repository responsible-ai-collaborative/aiid, whose test data has incident_id, title, description,
date, reports, implicated_systems, editors, editor_notes, and three lists of "Alleged" parties;
read in November 2026. Its editors give the number and link the reports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lissom.operate.incidents.causes import MEANS
from lissom.operate.incidents.report import MISSING

if TYPE_CHECKING:
    from lissom.operate.incidents.record import Incident


def to_aiid(incident: Incident) -> dict[str, object]:
    """Return an incident as the database names things; what nobody said is MISSING.

    The log knows neither who deployed the model, nor who made it, nor who was harmed: a person
    must fill these in. Nothing here names a row or a person.
    """
    first, last, closed = incident.opened, incident.last, incident.closed
    what = MEANS[last.cause]
    ended = "It is open." if closed is None else f"It was closed at {closed.at}."
    because = closed.told.because if closed is not None and closed.told else MISSING
    notes = [f"{line.at} {line.act}: {line.says}" for line in incident.lines]
    return {
        "incident_id": None,
        "title": f'Text classifier "{first.model}": {last.cause}',
        "description": (
            f'The monitors of the text classifier "{first.model}" raised an alarm: {what}. '
            f"{first.says} {ended}"
        ),
        "date": first.at[:10],
        "Alleged deployer of AI system": [MISSING],
        "Alleged developer of AI system": [MISSING],
        "Alleged harmed or nearly harmed parties": [MISSING],
        "implicated_systems": [_slug(f"{first.model}-{first.version}")],
        "reports": [],
        "editors": [],
        "editor_notes": "\n".join([*notes, f"Closed because: {because}"]),
    }


def _slug(name: str) -> str:
    """Return a name as the database writes its entities: lower case, with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
