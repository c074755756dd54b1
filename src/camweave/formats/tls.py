"""Encryption on the way to a broker: the files that say who is who, and what they make."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the broker proves who it is, and we who we are. Files are PEM."""

    authority: Path | None = None  # who signed the broker's certificate; None: those of the system
    certificate: Path | None = None  # our own, where the broker asks for one
    key: Path | None = None  # where it is not in the certificate's file


def tls_context(tls: Tls, speaker: str) -> ssl.SSLContext:
    """How connections are encrypted, with the files read; `speaker` begins what is said of errors.

    Raises:
        InputError: a certificate or key cannot be used.
    """
    file: object = tls.authority
    try:
        context = ssl.create_default_context(cafile=tls.authority)
        if tls.certificate is not None:
            file = tls.certificate if tls.key is None else f"{tls.certificate} and {tls.key}"
            context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{speaker}: {file}: no usable PEM certificate: {reason}") from None
    return context
