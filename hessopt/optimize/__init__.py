"""Layer 6: minimise an objective with its exact derivatives."""
