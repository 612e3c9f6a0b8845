"""`make bench`: measure what is missing, then write docs/figures.md from the recorded results."""

from __future__ import annotations

import main_job
import tables

if __name__ == "__main__":
    main_job.main()
    tables.write()
