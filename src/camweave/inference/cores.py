"""How many runs side by side this process may count on."""

import os
from pathlib import Path

CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")  # "quota period" in µs, or "max period"


def usable_cores(limit: Path = CGROUP_LIMIT) -> int:
    """Cores this process may run on, a container's share of them respected; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        quota, period = limit.read_text(encoding="ascii").split()
        share = max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):  # no container, or one without a limit
        return allowed or 1
    return min(allowed or 1, share)
