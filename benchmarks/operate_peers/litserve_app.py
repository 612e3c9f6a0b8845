"""LitServe with batches of up to 16, and 2 ms to fill one."""

from __future__ import annotations

import os

import litserve
from answering import Answering


class Api(litserve.LitAPI):
    """The model."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - its interface
        """Open the model."""
        self.model = Answering()

    def decode_request(self, request: dict[str, str]) -> str:
        """Return the text."""
        return request["text"]

    def batch(self, inputs: list[str]) -> list[str]:
        """Leave the texts as they are."""
        return list(inputs)

    def unbatch(self, output: list[str]) -> list[str]:
        """Leave the labels as they are."""
        return output

    def predict(self, texts: list[str]) -> list[str]:
        """Answer."""
        return self.model.answer(texts)

    def encode_response(self, output: str) -> dict[str, str]:
        """Return the label."""
        return {"label": output}


if __name__ == "__main__":
    api = Api(max_batch_size=16, batch_timeout=0.002)
    litserve.LitServer(api, accelerator="cpu").run(
        host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False
    )
