"""What one camera films of a world: who is seen in which frame, before any fault."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.recorded.seen import Seen

GONE: int = 10  # s out of view after which somebody who comes back is seen anew


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """One camera's frames and all that is true in them."""

    spec: CameraSpec
    times: F64  # (F,) s of the site's clock
    seen: Seen

    def stays(self) -> I64:
        """(K,) which stay in view each row of the truth belongs to, from 0 on, by object."""
        truth = self.seen.truth
        order = np.lexsort((truth.frame, truth.object_id))
        who, when = truth.object_id[order], self.times[truth.frame[order]]
        fresh = np.append(True, (np.diff(who) != 0) | (np.diff(when) > GONE))[: len(who)]
        stay = np.empty(len(who), np.int64)
        stay[order] = np.cumsum(fresh) - 1
        return stay
