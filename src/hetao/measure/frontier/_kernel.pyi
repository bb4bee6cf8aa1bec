from numpy import bool_, float64, int8, int32, int64
from numpy.typing import NDArray

class Engine:
    def __init__(self, table: NDArray[float64], sense: NDArray[int8], powers: NDArray[int32]) -> None: ...
    def find(self, threads: int) -> None: ...
    def give(self, members: NDArray[int64], residual: float) -> None: ...
    def members(self, out: NDArray[int64]) -> None: ...
    @property
    def size(self) -> int: ...
    @property
    def residual(self) -> float: ...
    def solve(
        self,
        sense: NDArray[int8],
        free: NDArray[bool_],
        b: NDArray[float64],
        F: NDArray[float64],
        c: NDArray[float64],
        banned: NDArray[int64] | None,
        threads: int,
        outcome: NDArray[int8],
        objective: NDArray[float64],
        prices: NDArray[float64],
        fixed: NDArray[float64],
        peers: NDArray[int64],
        weights: NDArray[float64],
        certificate: NDArray[float64],
    ) -> None: ...

def fdh(
    reach: NDArray[float64],
    hold: NDArray[float64],
    own_reach: NDArray[float64],
    own_hold: NDArray[float64],
    banned: NDArray[int64] | None,
    threads: int,
    score: NDArray[float64],
    peer: NDArray[int64],
) -> None: ...
