"""Least values without a closed form, by size: computed here to double precision."""

from __future__ import annotations

# What minimisers of trust-region, line-search and limited-memory kind all reach from the usual
# start; they agree with the published digits where there are any, see the note of each problem
LEAST: dict[str, dict[int, float]] = {
    "bdqrtic": {100: 378.7691918086842, 500: 1981.0130845943952, 1000: 3983.817950576534},
    "bratu1d": {
        11: -8.494515530679761,
        75: -8.518311877578242,
        101: -8.51858713941818,
        501: -8.518916640701235,
    },
    "cragglvy": {
        10: 1.8865658966631103,
        50: 15.372509465428696,
        100: 32.269911458581774,
        500: 167.4491276427326,
        1000: 336.42314787292116,
    },
    "edensch": {36: 219.28459202076465, 1000: 6003.284592020765, 2000: 12003.284592020766},
    "engval1": {50: 53.58221488520762, 100: 109.08813614309214, 1000: 1108.1947187850133},
    "fletcbv2": {10: -0.6154414532683079, 100: -0.5140067861117383},
    "freuroth": {
        10: 1014.0640725745184,
        50: 5880.958861943223,
        100: 11964.577348654188,
        500: 60633.5252423419,
        1000: 121469.71010945155,
        5000: 608159.1890463287,
    },
    "ncb20b": {50: 99.5038775857077},
}
