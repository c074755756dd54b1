"""Ports for servers of a test's own."""

import secrets
import socket

HOST = "127.0.0.1"
# Below those that a system hands out: nobody gets the port of a server that is away.
LEAST, COUNT = 20_000, 12_000


def free_port() -> int:
    """One that nobody listens on now."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many, one after the other, that nobody listens on now."""
    while True:
        first = LEAST + secrets.randbelow(COUNT)
        if all(_free(first + each) for each in range(count)):
            return first


def _free(port: int) -> bool:
    with socket.socket() as knock:
        try:
            knock.bind((HOST, port))
        except OSError:
            return False
    return True
