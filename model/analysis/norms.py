"""Norm-based weights: how long a vector each key adds, not only how it is weighted (Kobayashi et al. 2020). Torch-free.

Shape letters: H heads, R rows (queries), C columns (keys), d width of a head, D model width.
"""

from __future__ import annotations

import numpy as np
from attention_viewer.model.contract.api import Floats


def norm_weights(weights: Floats, values: Floats, output: Floats) -> Floats:
    """‖α f(x)‖ of every head, row and key, [H, R, C], where f(x) = (x W^V + b^V) W^O.

    Takes the weights α [H, R, C], the values x W^V + b^V [H, C, d], and the output projection [D, H·d], whose columns
    belong to the heads one after the other. In the units of the model's vectors; the projection's bias is no key's.
    """
    heads, _, width = values.shape
    projections = output.reshape(len(output), heads, width)  # [D, H, d]
    added = np.einsum("hcd,Dhd->hcD", values, projections)  # [H, C, D]
    lengths = np.linalg.norm(added, axis=-1)  # [H, C]
    found: Floats = (weights * lengths[:, None]).astype(np.float32)
    return found
