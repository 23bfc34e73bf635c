"""The solvers that are profiled: ours, and one small adapter for each library of others."""
