"""All that documents are written from, read out of the very files that travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle.manifest import describe
from lissom.errors import EvidenceFileError
from lissom.evidence.written import read_evidence
from lissom.govern.description import Description, read_description
from lissom.govern.policy_file import NO_POLICY, Policy, read_policy
from lissom.govern.record import Record, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lissom.bundle import Facts
    from lissom.evidence import Story

STORY, EVIDENCE = "story.json", "evidence.json"
DESCRIPTION, POLICY = "description.toml", "policy.toml"


@dataclass(frozen=True, slots=True)
class File:
    """A file of the bundle, as documents name it.

    Args:
        name: as it stands in the folder.
        size_bytes: its size.
        sha256: of its bytes.
    """

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a document may say.

    Args:
        record: the story and what else was noted.
        facts: what the manifest says.
        description: what a person said.
        policy: what was demanded before a release.
        files: every file that is no document, in order.
    """

    record: Record
    facts: Facts
    description: Description = field(default_factory=Description)
    policy: Policy = NO_POLICY
    files: tuple[File, ...] = ()

    @property
    def story(self) -> Story:
        """Return the story, with its figures and without its rows."""
        return self.record.story

    @property
    def day(self) -> date:
        """Return the day of the build."""
        return self.record.day

    def file(self, name: str) -> File | None:
        """Return a file by its name, None where the bundle has none such."""
        return next((one for one in self.files if one.name == name), None)


def read_dossier(files: Mapping[str, bytes], facts: Facts, where: str) -> Dossier:
    """Read what documents are written from.

    Args:
        files: every file of the bundle that is no document.
        facts: what the manifest says besides.
        where: the bundle's name, for errors.

    Raises:
        BundleError, UsageError: one of them is not what it should be.
    """
    try:
        evidence = read_evidence(files[EVIDENCE])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise EvidenceFileError(where, str(error)) from error
    said, demanded = files.get(DESCRIPTION), files.get(POLICY)
    return Dossier(
        read_record(files[STORY], evidence),
        facts,
        Description() if said is None else read_description(said, DESCRIPTION),
        NO_POLICY if demanded is None else read_policy(demanded, POLICY),
        tuple(_file(name, raw) for name, raw in sorted(files.items())),
    )


def _file(name: str, raw: bytes) -> File:
    entry = describe(raw)
    return File(name, entry.bytes, entry.sha256)
