"""Plain FastAPI: one text, one call, in the pool of threads that FastAPI gives a sync function."""

import os

from fastapi import FastAPI
from pydantic import BaseModel

IS_NULL = os.environ.get("NULL") == "1"
if not IS_NULL:
    from answering import Answering

    MODEL = Answering()
app = FastAPI()


class Asked(BaseModel):
    """A text."""

    text: str


if IS_NULL:

    @app.post("/predict")
    async def predict(asked: Asked) -> dict[str, str]:  # noqa: ARG001 - costs what HTTP costs
        """Answer without a model."""
        return {"label": "nothing"}

else:

    @app.post("/predict")
    def predict(asked: Asked) -> dict[str, str]:
        """Answer."""
        return {"label": MODEL.answer([asked.text])[0]}
