"""What parts have to say while they work, on standard error."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from camweave.app.site.masking import masked

OPENING = "camweave.inference.opening"  # its one line says what runs a model: always worth it


class OneLine(logging.Formatter):
    """`camweave: warning: message`, on one line, passwords hidden."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line."""
        message = " ".join(record.getMessage().split())
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        return masked(f"camweave: {level}{message}")


@contextmanager
def logs_on_stderr() -> Iterator[None]:
    """Warnings, and what runs a model; CAMWEAVE_LOG=error shows less, info or debug more."""
    said = os.environ.get("CAMWEAVE_LOG")
    level = (said or "warning").upper()
    opening = logging.getLogger(OPENING)
    opening.setLevel(logging.NOTSET if said else logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logger = logging.getLogger("camweave")
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(level if level in logging.getLevelNamesMapping() else "WARNING")
    try:
        yield
    finally:
        logger.removeHandler(handler)
        opening.setLevel(logging.NOTSET)
        logger.setLevel(before[0])
        logger.propagate = before[1]
