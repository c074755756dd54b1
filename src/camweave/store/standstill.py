"""Ends who stands still in the middle of a statement and holds what others wait for: PostgreSQL.

While a server waits for the rest of a statement, none of its timeouts ends that session. So
whoever waits for its locks does. It finds its connection gone when it goes on, and tries again.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

LOOK: Final = 1.0  # s after which who waits looks whom for
STILL: Final = 3  # s that a statement has begun by then, and its client sends nothing

OURS: Final = text("SELECT pg_backend_pid()")
END: Final = text(
    "SELECT pg_terminate_backend(holder.pid) FROM pg_stat_activity AS holder "
    "WHERE holder.pid = ANY (pg_blocking_pids(:waiting)) AND holder.usename = current_user "
    "AND holder.application_name = current_setting('application_name') "
    "AND holder.state = 'active' AND holder.wait_event = 'ClientRead' "
    "AND holder.state_change < clock_timestamp() - make_interval(secs => :still)"
)


@contextmanager
def holders_ended(engine: Engine, waiting: Connection) -> Iterator[None]:
    """Sessions of ours that stand still, and that `waiting` waits for in the block, are ended."""
    look = Timer(LOOK, _look, (engine, waiting.scalar(OURS)))
    look.daemon = True
    look.start()
    try:
        yield
    finally:
        look.cancel()
        look.join()


def _look(engine: Engine, waiting: int) -> None:
    with suppress(SQLAlchemyError), engine.connect() as connection:  # who waits tries again
        connection.execution_options(isolation_level="AUTOCOMMIT")
        ended = connection.execute(END, {"waiting": waiting, "still": STILL}).all()
        if ended:
            log.warning("store: ended a session that held what others write, and stood still")
