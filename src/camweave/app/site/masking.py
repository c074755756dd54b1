"""Masks secrets in messages, logs and reports."""

import re
from typing import Final

PASSWORD: Final = re.compile(
    r"""(\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@]*):(?:[^\s"]+(@)|[^\s"]*(?=\.\.\.))"""
)
HIDDEN: Final = "***"


def masked(text: str) -> str:
    """The text with every password in an address hidden, though it be cut short with `...`.

    >>> masked("rtsp://admin:s3cret@10.0.0.7/live: no answer")
    'rtsp://admin:***@10.0.0.7/live: no answer'
    >>> masked("got 'rtsp://admin:s3cr...")
    "got 'rtsp://admin:***..."
    """
    return PASSWORD.sub(lambda found: f"{found[1]}:{HIDDEN}{found[2] or ''}", text)
