"""BentoML with its adaptive batching."""

import bentoml
from answering import Answering


@bentoml.service(workers=1, traffic={"timeout": 20, "max_concurrency": 512})
class Labels:
    """The model."""

    def __init__(self) -> None:
        """Open the model."""
        self.model = Answering()

    @bentoml.api(batchable=True, max_batch_size=16, max_latency_ms=1000, route="/predict")
    def predict(self, text: list[str]) -> list[str]:
        """Answer."""
        return self.model.answer(text)
