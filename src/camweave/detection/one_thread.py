"""OpenCV kept to one thread while frames go side by side."""

import threading

import cv2


class _OneThread:
    """Inside the block OpenCV works on the caller's thread alone, in the whole process.

    Left to itself it splits even a small resize among all cores, and each of those is busy with
    another frame. Blocks may overlap: the last one out restores what the first one found.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 1

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._usual = cv2.getNumThreads()
                cv2.setNumThreads(1)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                cv2.setNumThreads(self._usual)


ONE_THREAD = _OneThread()
