"""The order of the stages, and the public Python calls."""

from lissom.pipeline.answers import Built, Predicted, Prediction, Shown, Verified
from lissom.pipeline.checkup import Check, doctor
from lissom.pipeline.order import Budget, Gates, Given, Order

__all__ = [
    "Budget",
    "Built",
    "Check",
    "Gates",
    "Given",
    "Order",
    "Predicted",
    "Prediction",
    "Shown",
    "Verified",
    "doctor",
]
