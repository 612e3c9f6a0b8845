"""Write the bundle that later versions must still open. Run once for each format version.

The key is made, used and forgotten: opening needs its public half only, which is in the bundle.
The graph, the vocabulary and every text in it were made up here; no row of anybody is in it.

    python tests/contract/bundles/make_old_bundle.py
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
for room in ("bundle", "govern"):
    sys.path.insert(0, str(HERE.parents[1] / "unit" / room))

import bundle_makers  # noqa: E402 - found through the lines above
import dossiers  # noqa: E402 - likewise
import stories  # noqa: E402 - likewise

from lissom.bundle import make_key, write_bundle  # noqa: E402 - stays beside the others
from lissom.bundle.manifest import FORMAT_VERSION  # noqa: E402 - likewise
from lissom.govern.documents import write_documents  # noqa: E402 - likewise
from lissom.govern.drawing import leave_out  # noqa: E402 - likewise

if __name__ == "__main__":
    answering = bundle_makers.files(lexical_safetensors=bundle_makers.lexical(18))
    files = dossiers.make_files(stories.two(), classes=2) | {
        name: raw for name, raw in answering.items() if name not in {"card.md", "report.html"}
    }
    files["evidence.json"] = dossiers.make_files(stories.two(), classes=2)["evidence.json"]
    documents = write_documents(files, bundle_makers.FACTS, "old", leave_out)
    write_bundle(HERE / f"v{FORMAT_VERSION}", files | documents, bundle_makers.FACTS, make_key())
