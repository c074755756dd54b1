"""What this process holds: threads and file handles, to see that none leak."""

from pathlib import Path


def open_handles() -> int:
    """File handles of this process, sockets included."""
    return len(list(Path("/proc/self/fd").iterdir()))


def living_threads() -> int:
    """Threads of this process, FFmpeg's included."""
    return len(list(Path("/proc/self/task").iterdir()))
