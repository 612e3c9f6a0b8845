"""As small and fast as the budget asks, with the loss measured."""
