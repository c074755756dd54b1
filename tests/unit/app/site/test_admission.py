"""Which cameras somebody may add over the network."""

from pathlib import Path

import pytest

from camweave.app.site.admission import Admission
from camweave.app.site.load import parse_site
from camweave.app.site.model import Camera, Site
from camweave.app.site.source_rules import rule_of
from camweave.core.errors import InputError, StreamError


def site(folder: Path, more: str = "", keys: str = "") -> Site:
    text = f"site: x\ncameras: [{{name: gate, {keys or 'source: gate.mp4'}}}]\n{more}"
    return parse_site(text, "site.yaml", folder)


def sent(source: str, folder: Path = Path("/site")) -> Camera:
    return site(folder, keys=f"source: '{source}'").cameras[0]


def refused(source: str, *rules: str, folder: Path = Path("/site")) -> str:
    with pytest.raises(InputError) as told:
        Admission(rules, folder).refuse(sent(source, folder), site(folder))
    return str(told.value)


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("rtsp://admin:secret@10.0.0.7/live", "private"),
        ("rtsps://192.168.1.4:322/x?channel=1", "private"),
        ("http://172.31.0.9/video.mjpg", "private"),
        ("rtsp://[fd12::7]:554/live", "private"),
        ("https://9.9.9.9/x", "public"),
        ("rtsp://127.0.0.1:8554/x", "loopback"),
        ("rtsp://localhost/x", "loopback"),
        ("rtsp://localhost/x", "localhost"),
        ("rtsp://10.1.2.3/x", "10.1.0.0/16"),
        ("rtsp://169.254.7.7/x", "169.254.7.0/24"),
        ("0", "devices"),
        ("/dev/video2", "devices"),
    ],
)
def test_a_camera_may_be_where_a_rule_says(source: str, rule: str) -> None:
    Admission([rule], Path("/site")).refuse(sent(source), site(Path("/site")))


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://127.0.0.1/x",
        "rtsp://localhost/x",
        "http://2130706433/",  # 127.0.0.1 as a number
        "http://0x7f.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "rtsp://224.0.0.1/",
        "rtsp://255.255.255.255/",
        "https://9.9.9.9/",
    ],
)
def test_by_default_a_camera_is_on_a_private_network(source: str) -> None:
    assert "at no address that `serve.sources` allows" in refused(source, "private")


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://10.0.0.1@127.0.0.1@10.0.0.1/x",
        "http://10.0.0.1\\@127.0.0.1/",
        "rtsp://10.0.0.1:99999x/",
        "rtsp:///x",
        "rtsp://10.0.0.1 /x",
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_none(source: str) -> None:
    assert "not an address" in refused(source, "private", "loopback")


@pytest.mark.parametrize(
    "source",
    ["udp://10.0.0.7:5000", "file:///etc/passwd", "ftp://10.0.0.7/x", "concat://10.0.0.7/x"],
)
def test_other_protocols_are_refused_and_those_there_are_named(source: str) -> None:
    assert refused(source, "private", "public").endswith("rtsp://, rtsps://, http://, https://")


@pytest.mark.parametrize(
    "source",
    ["/etc/passwd", "../x.mp4", "concat:a|b", "subfile,,start,0,end,9,,:/etc/passwd", "~/x.mp4"],
)
def test_files_are_refused_unless_their_folder_is_listed(source: str, tmp_path: Path) -> None:
    assert "in a folder that `serve.sources` lists" in refused(
        source, "private", "videos/", folder=tmp_path
    )


def test_a_file_may_lie_in_a_listed_folder_and_a_link_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "out").symlink_to(tmp_path)
    Admission(["videos/"], tmp_path).refuse(sent("videos/a.mp4", tmp_path), site(tmp_path))
    assert "in a folder" in refused("videos/../a.mp4", "videos/", folder=tmp_path)
    assert "in a folder" in refused("videos/out/a.mp4", "videos/", folder=tmp_path)


def test_a_device_must_be_listed() -> None:
    assert "lists devices" in refused("/dev/video0", "private")
    assert "lists devices" in refused("1", "private")


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ("mask: /etc/shadow", "mask"),
        ("homography: /etc/shadow", "homography"),
        ("detector: {kind: yolo, model: /tmp/evil.onnx}", "detector.model"),
        ("embedder: {kind: reid, model: /tmp/evil.onnx}", "embedder.model"),
        ("camera_motion: {kind: file, path: /etc/shadow}", "camera_motion.path"),
        ("stream: {redirects: true}", "stream.redirects"),
    ],
)
def test_files_and_redirects_are_the_site_files_to_name(keys: str, key: str) -> None:
    camera = site(Path("/site"), keys=f"source: 'rtsp://10.0.0.1/', {keys}").cameras[0]
    with pytest.raises(InputError, match=f"^{key}: "):
        Admission(["private"], Path("/site")).refuse(camera, site(Path("/site")))


def test_what_the_site_or_the_camera_names_already_is_not_asked_about() -> None:
    folder = Path("/site")
    here = site(folder, more="detector: {kind: yolo, model: m.onnx}\n")
    before = site(
        folder,
        more="detector: {kind: yolo, model: m.onnx}\n",
        keys="source: /old.mp4, mask: /old.png, stream: {redirects: true}",
    ).cameras[0]
    after = before.model_copy(update={"offset": 1.0})
    Admission([], folder).refuse(after, here, before)


def test_a_name_is_looked_up_and_its_address_connected_to() -> None:
    here = Admission(["loopback"], Path("/site"))
    found = here.pinned("rtsp://admin:p%40ss@localhost:8554/live?a=b")
    assert found in {
        "rtsp://admin:p%40ss@127.0.0.1:8554/live?a=b",
        "rtsp://admin:p%40ss@[::1]:8554/live?a=b",
    }


def test_a_name_that_leads_elsewhere_later_is_not_followed() -> None:
    with pytest.raises(StreamError, match="at no address") as told:
        Admission(["private"], Path("/site")).pinned("rtsp://localhost/x")
    assert told.value.kind == "denied"


def test_no_refusal_tells_a_password() -> None:
    for source in (
        "rtsp://me:s3cret@127.0.0.1/x",
        "udp://me:s3cret@10.0.0.1/x",
        "rtsp://me:s3cret@a@b/",
    ):
        assert "s3cret" not in refused(source, "private")


@pytest.mark.parametrize("rule", ["", "10.0.0.0/33", "10.0.0.1/8", "a b", "1.2.3.4.5"])
def test_a_rule_that_means_nothing_is_refused_with_what_there_is(rule: str) -> None:
    with pytest.raises(ValueError, match="private, loopback, public, devices"):
        rule_of(rule)
