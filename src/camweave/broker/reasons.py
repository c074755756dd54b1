"""Why a broker did not do what it was asked, in a few words: the library's errors as ours."""

import re
import ssl
from typing import Final

HASHING: Final = "rabbitmq_consistent_hash_exchange"
LONGEST: Final = 300  # characters of what a broker says

DENIED: Final = {
    "AuthenticationError": "the broker does not let {user!r} in: wrong name or password",
    "ProbableAuthenticationError": "the broker does not let {user!r} in: wrong name or password",
    "ConnectionNotAllowed": "the broker does not let us in: {told}",
    "ChannelPreconditionFailed": "it is there with other settings ({told}). Delete it when it is "
    "empty (rabbitmqctl delete_queue NAME), or use another site name",
    "ChannelAccessRefused": "{user!r} may not: {told}",
}
PASSING: Final = {
    "ChannelLockedResource": "somebody else has it for himself: {told}",
    "ChannelNotFoundEntity": "the broker has no such thing: {told}",
    "IncompatibleProtocolError": "who listens there does not speak AMQP 0-9-1",
    "InvalidFrameError": "who listens there does not speak AMQP 0-9-1",
    "SSLError": "it does not speak TLS, or not ours",
    "gaierror": "no machine is known by that name",
    "ConnectionRefusedError": "nobody listens there",
    "PublishError": "no queue takes it",
    "DeliveryError": "the broker refused it",
    "AMQPError": "the connection is lost ({told})",
    "ConnectionError": "the connection is lost ({told})",
    "ChannelInvalidStateError": "the connection is lost ({told})",
}
LACKING: Final = (
    f"the broker lacks the plugin {HASHING}. Enable it there: rabbitmq-plugins enable {HASHING}; "
    "or use no `partitions`"
)
UNKNOWN_TO_IT: Final = (
    "it may want a certificate of ours that it knows: ?certfile=FILE&keyfile=FILE"
)
SIGNS: Final = {  # where the library's kind of error does not tell
    "CERTIFICATE_REQUIRED": (UNKNOWN_TO_IT, False),
    "ALERT_UNKNOWN_CA": (UNKNOWN_TO_IT, False),
    "ALERT_BAD_CERTIFICATE": (UNKNOWN_TO_IT, False),
    "exchange type": (LACKING, True),
    "replica on the local": ("somebody is just declaring this stream", False),
    "Connection.OpenOk": ("the broker lets us in, but not to its virtual host: no such one?", True),
    "unexpectedly closed": ("who listens there hangs up: is it a broker of AMQP 0-9-1?", False),
}


TOO_LARGE: Final = re.compile(r"message size \d+ is larger than (?:configured )?max size (\d+)")


def most_bytes_in(why: object) -> int | None:
    """What a broker says that a message may have, where it refused a larger one."""
    found = TOO_LARGE.search(str(why))
    return int(found[1]) if found else None


def reason(error: BaseException, user: str) -> tuple[str, bool]:
    """What to tell of an error, and whether only a person can mend it. Never a password."""
    if isinstance(error.__cause__, OSError):  # the library's own words hide which
        return reason(error.__cause__, user)
    told = " ".join(str(arg) for arg in error.args if arg)[:LONGEST]
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".")
        return f"its certificate is not trusted ({why}); name its authority", True
    for sign, known_as in SIGNS.items():
        if sign in told:
            return known_as
    names = [kind.__name__ for kind in type(error).__mro__]
    for name in names:
        if line := DENIED.get(name) or PASSING.get(name):
            return line.format(user=user, told=told), name in DENIED
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower(), False
    return f"{names[0]}: {told}", False
