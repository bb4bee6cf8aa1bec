import numpy as np
from numpy.typing import NDArray

def fdh(
    reach: NDArray[np.float64],
    hold: NDArray[np.float64],
    own_reach: NDArray[np.float64],
    own_hold: NDArray[np.float64],
    score: NDArray[np.float64],
    peer: NDArray[np.int64],
) -> None: ...
