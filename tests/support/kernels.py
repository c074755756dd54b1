"""All kernels compiled before the first test, each of them once, on all cores."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

from camweave.linking import cluster_kernels
from camweave.linking.live import warming
from camweave.tracking import warm

TRACKERS: Final = ("deepsort", "weave", "botsort", "ocsort", "sort", "bytetrack")  # longest first


def compile_all(processes: int) -> None:
    """Leave them on disk, where whoever tests finds them."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        begun = [
            pool.submit(cluster_kernels.compile_kernels),
            *(pool.submit(warm.compile_kernels, kind) for kind in TRACKERS),
            pool.submit(warming.make_ready),
        ]
        for each in begun:
            each.result()
