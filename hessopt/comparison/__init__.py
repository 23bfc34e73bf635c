"""Show: methods side by side, as a table, as curves, in a sentence."""
