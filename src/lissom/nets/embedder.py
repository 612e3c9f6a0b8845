"""A base encoder in torch, with its pooling."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch
from transformers import AutoModel
from transformers.utils.logging import disable_progress_bar

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lissom.nets.source import Base


class Embedder(torch.nn.Module):
    """The base with pooling and length 1, as torch computes it; dropout stays off.

    Args:
        base: any encoder that transformers opens without code of its own.
        changed: weights that take the place of the base's, by their names there.
    """

    def __init__(
        self, base: Base, changed: Mapping[str, NDArray[np.float32]] | None = None
    ) -> None:
        """Open the base."""
        super().__init__()
        _quieten()
        self.encoder = AutoModel.from_pretrained(
            str(base.folder), dtype=torch.float32, attn_implementation="eager"
        ).eval()
        self.pooling = base.pooling
        if changed:
            self.encoder.load_state_dict(
                {name: torch.from_numpy(values) for name, values in changed.items()}, strict=False
            )

    def forward(self, input_ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return (texts, dimensions) embeddings.

        Args:
            input_ids: (texts, tokens).
            mask: (texts, tokens) 1 for a token, 0 for padding; None where nothing is padded.
        """
        hidden: torch.Tensor = self.encoder(
            input_ids=input_ids, attention_mask=mask
        ).last_hidden_state
        if self.pooling == "cls":
            pooled = hidden[:, 0]
        elif mask is None:
            pooled = hidden.mean(dim=1)
        else:
            real = mask[..., None].to(hidden.dtype)
            pooled = (hidden * real).sum(dim=1) / real.sum(dim=1)
        return torch.nn.functional.normalize(pooled, dim=-1)


def _quieten() -> None:
    # transformers draws a bar while it reads weights; the build has its own.
    for name in ("transformers", "torch.onnx", "onnxscript"):
        logging.getLogger(name).setLevel(logging.ERROR)
    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
