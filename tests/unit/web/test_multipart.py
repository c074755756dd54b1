from hypothesis import given
from hypothesis import strategies as st
from tests.support.mjpeg_client import headers_of

from camweave.core.frame import CameraId
from camweave.core.picture import Picture
from camweave.web.multipart import BOUNDARY, ENDING, MEDIA_TYPE, OPENING, part

DELIMITER = b"--" + BOUNDARY.encode()


def test_the_boundary_is_named_without_the_dashes_that_go_before_it() -> None:
    assert MEDIA_TYPE.endswith("; boundary=frame")
    assert OPENING == b"--frame"


@given(st.lists(st.tuples(st.binary(max_size=200), st.floats(0, 1e9)), max_size=5))
def test_what_was_put_into_parts_comes_out_again(pictures: list[tuple[bytes, float]]) -> None:
    made = [
        Picture(CameraId("gate"), index, time, jpeg, 1, 1)
        for index, (jpeg, time) in enumerate(pictures)
    ]
    text = OPENING + b"".join(part(picture, 0.0) for picture in made) + ENDING
    for picture in made:
        head, text = text.removeprefix(DELIMITER + b"\r\n").split(b"\r\n\r\n", 1)
        headers = headers_of(head.split(b"\r\n"))
        length = int(headers["content-length"])
        assert text[:length] == picture.jpeg
        assert abs(float(headers["x-timestamp"]) - picture.time) <= 1e-6
        text = text[length:].removeprefix(b"\r\n")
        assert text.startswith(DELIMITER), "the end of the part travels with it"
    assert text == DELIMITER + b"--\r\n"
