"""Everything that needs torch: encoders, export, training."""
