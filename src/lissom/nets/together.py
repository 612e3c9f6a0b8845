"""One batch, embedded by several processes; torch's own distributed training does the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from torch.distributed.nn.functional import all_gather
from torch.nn.parallel import DistributedDataParallel

if TYPE_CHECKING:
    from lissom.nets.embedder import Embedder


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """An embedder whose batches may be cut among processes.

    Args:
        module: the embedder, or its wrapper that averages gradients over the processes.
        rank: which process this is, from 0.
        count: how many there are.
    """

    module: torch.nn.Module
    rank: int = 0
    count: int = 1

    def embed(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of the whole batch, of which this process makes its part.

        Every process gets the same whole and so the same loss. Gathering adds up the gradients that
        come from each of these losses, and the wrapper averages over as many processes: what is
        left is the gradient of the loss.

        Args:
            ids: (texts, tokens) of the whole batch, the same in every process.
            mask: (texts, tokens) 1 for a token, 0 for padding.
        """
        if self.count == 1:
            found: torch.Tensor = self.module(ids, mask)
            return found
        texts = len(ids)
        each = -(-texts // self.count)
        # Parts must be of one size to be gathered: the last text fills the last part up.
        own = torch.arange(self.rank * each, (self.rank + 1) * each).clamp(max=texts - 1)
        made = self.module(ids[own], mask[own])
        parts = all_gather(made)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return torch.cat(list(parts))[:texts]


def share_out(embedder: Embedder) -> Shared:
    """Return the embedder, shared among the processes where torchrun started several."""
    if not (dist.is_available() and dist.is_initialized()):
        return Shared(embedder)
    wrapped = DistributedDataParallel(embedder, find_unused_parameters=True)
    return Shared(wrapped, dist.get_rank(), dist.get_world_size())
