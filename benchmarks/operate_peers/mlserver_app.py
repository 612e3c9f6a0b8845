"""MLServer with its adaptive batching."""

from answering import Answering
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Labels(MLModel):
    """The model."""

    async def load(self) -> bool:
        """Open the model."""
        self.model = Answering()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Answer."""
        texts = StringCodec.decode_input(payload.inputs[0])
        output = StringCodec.encode_output("label", self.model.answer(texts))
        return InferenceResponse(model_name=self.name, outputs=[output])
