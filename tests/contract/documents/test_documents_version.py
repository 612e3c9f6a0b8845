"""The documents have a version, which is raised when they say the same in other bytes.

A bundle's documents are checked by being written again. A lissom that writes otherwise would call
every older bundle a forgery, if it did not know that its writers have changed.

When this fails: raise DOCUMENTS_VERSION in lissom/govern/record.py, and then run
`python tests/contract/documents/test_documents_version.py`. A number costs nothing; one that was
not raised accuses whoever signed a bundle before.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "unit" / "govern"))

import dossiers  # noqa: E402 - found through the line above
import stories  # noqa: E402 - likewise

from lissom.govern.documents import write_documents  # noqa: E402 - likewise
from lissom.govern.drawing import leave_out  # noqa: E402 - likewise
from lissom.govern.record import DOCUMENTS_VERSION  # noqa: E402 - likewise

FILE = HERE / "version.json"


def hashes() -> dict[str, object]:
    """Return version and hash of each document, over several stories."""
    made: dict[str, str] = {}
    for name, story in (("shop", stories.shop()), ("thin", stories.thin())):
        files = dossiers.make_files(story)
        for document, raw in write_documents(files, dossiers.FACTS, "shop", leave_out).items():
            made[f"{document} of {name}"] = hashlib.sha256(raw).hexdigest()
        made[f"story.json of {name}"] = hashlib.sha256(files["story.json"]).hexdigest()
    return {"version": DOCUMENTS_VERSION, "sha256": dict(sorted(made.items()))}


def test_documents_are_the_bytes_that_their_version_stands_for() -> None:
    noted = json.loads(FILE.read_text("utf-8"))
    assert hashes() == noted, "see the top of this file"


def test_every_document_is_noted() -> None:
    assert len(json.loads(FILE.read_text("utf-8"))["sha256"]) == 20


if __name__ == "__main__":
    if json.loads(FILE.read_text("utf-8"))["version"] == DOCUMENTS_VERSION:
        sys.exit("Raise DOCUMENTS_VERSION first.")
    FILE.write_text(json.dumps(hashes(), indent=1) + "\n", encoding="utf-8")
