"""The control points of every colormap, by the name that the user sees. To add one, add an entry. No numpy, no Qt.

Each point is eight hexadecimal digits: index, red, green, blue; between two points a table is linear. Viridis, cividis
and magma (published under CC0) keep within 1/255 of their originals.
"""

from __future__ import annotations

CONTROL_POINTS = {
    "viridis": (
        "00440154 08470d60 17482173 1d482979 32414287 5132648e 7823898e 841f948c 8b1e9b8a 9721a685 "
        "9d25ac82 a62fb47c b140bd72 be5ac864 cb77d153 e9c5e021 efd5e21a f2dde318 f6e7e419 fbf4e61e fffde725"
    ),
    "cividis": (
        "0000204d 13002e6e 1e00356e 1f01366e 210b376e 2415396d 271d3b6d 3230436c 484a536b 57595e6d "
        "83807e79 9c989278 bab7aa71 d8d8c563 e6e8d259 f6fae149 fbffe642 ffffea46"
    ),
    "magma": (
        "00000004 02010106 0c06051a 19140e36 201d1147 2a2c115f 3036106b 3a471078 4254137d 4a601880 5d7e2482 "
        "78aa337d 81b83779 95d8456c 9ce24d66 aaf1605d b3f7705c c0fc8961 cdfea16e d8feb67c ebfed89a fffcfdbf"
    ),
    "ink": "00ffffff 40c9ccd3 80888d99 c0444a57 ff10141c",
    "diverging": "00134a86 40579bc7 6abcd7e8 80f6f6f6 95f2cdb9 bfd0644f ff7d1022",
}
"""The sequential tables, and "diverging" for values on both sides of zero."""

SEQUENTIAL = tuple(name for name in CONTROL_POINTS if name != "diverging")
"""Those for weights, which begin at zero."""
