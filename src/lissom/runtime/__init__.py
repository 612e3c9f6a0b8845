"""Everything that answers from a bundle, without torch."""
