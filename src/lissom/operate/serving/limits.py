"""How much a server takes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold, and how much may wait.

    Args:
        body_bytes: largest body; 1 MiB holds 512 long mails.
        texts: most texts in one request; who has more sends a file.
        characters: longest text.
        waiting_s: seconds of reading that may stand in line for each thread. Whoever would wait
            longer had better come back, so they get 429 at once.
        deadline_s: a request that is not answered by then is given up, unless it asks for less.
        read_s: seconds that a client has to send its body, and one more for each megabyte.
        drain_s: seconds that requests under way have to finish when the server stops.
        connections: open at a time; each costs a descriptor, and a shell often grants 1024.

    >>> Limits(texts=8).texts
    8
    """

    body_bytes: int = 1_048_576
    texts: int = 512
    characters: int = 20_000
    waiting_s: float = 0.5
    deadline_s: float = 10.0
    read_s: float = 10.0
    drain_s: float = 20.0
    connections: int = 512
