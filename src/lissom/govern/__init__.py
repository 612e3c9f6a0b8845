"""Documents written from what was measured, and the decision."""
