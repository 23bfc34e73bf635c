"""Show: solvers, ours and others', over a set of problems under one rule of success."""
