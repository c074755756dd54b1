import socket
import threading
from pathlib import Path

import pytest
from tests.support.small_show import SITE

from camweave.app.runtime.showing import Showing
from camweave.core.errors import InputError, JobError
from camweave.web.app import make_app
from camweave.web.server import SEND_BUFFER, ServerParams, WebServer, listen


def test_a_port_in_use_is_told_in_one_line_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = WebServer(make_app(Showing(SITE)), ServerParams(port=port))
        with pytest.raises(JobError, match=rf"127\.0\.0\.1:{port}: .*in use.*serve\.port"), server:
            pass


def test_a_host_that_is_not_ours_is_told() -> None:
    with pytest.raises(JobError, match=r"cannot serve at 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_a_certificate_that_cannot_be_read_is_the_users_mistake(tmp_path: Path) -> None:
    broken = tmp_path / "cert.pem"
    broken.write_text("no certificate")
    for path in (broken, tmp_path / "none.pem"):
        server = WebServer(make_app(Showing(SITE)), ServerParams(port=0, certificate=path))
        with pytest.raises(InputError, match=str(path)), server:
            pass


def test_a_server_can_be_opened_and_closed_again_and_leaves_no_thread() -> None:
    server = WebServer(make_app(Showing(SITE)), ServerParams(port=0))
    threads = threading.active_count()
    for _ in range(2):
        with server:
            assert server.port > 0
            assert server.url == f"http://127.0.0.1:{server.port}"
            assert threading.active_count() > threads
    assert threading.active_count() == threads
    server.__exit__(None, None, None)


def test_an_address_of_ipv6_is_written_in_brackets() -> None:
    assert WebServer(make_app(Showing(SITE)), ServerParams(host="::1")).url == "http://[::1]:8080"


def test_connections_have_small_buffers_and_are_watched_by_the_system() -> None:
    """Linux doubles what it is asked for, to keep its books in the other half."""
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as made,
    ):
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
