"""What a broker says no with, in a line that names it and never a password."""

from camweave.core.errors import JobError


class BrokerError(JobError):
    """A broker does not do what it is asked; another try may do better, unless it is `denied`."""

    def __init__(self, message: str, *, denied: bool = False) -> None:
        """`denied`: only a person can mend it."""
        super().__init__(message)
        self.denied = denied


class BrokerClosed(BrokerError):  # noqa: N818 - reads better at the raise
    """It was asked of after its `with` block, or while that ended."""

    def __init__(self) -> None:
        super().__init__("the broker's connection was closed")
