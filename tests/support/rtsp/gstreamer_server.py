"""GStreamer's RTSP server showing a test picture; run by the system's Python, which has `gi`.

    /usr/bin/python3 gstreamer_server.py 320x240 h264|jpeg [PORT]

prints its address and serves until it is killed.
"""

import sys


def main() -> None:
    """Serve for ever."""
    import gi  # type: ignore[import-not-found]  # it belongs to the system's Python

    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # as above

    Gst.init(None)
    size, codec, *port = sys.argv[1:]
    width, height = size.split("x")
    coder = {
        "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10"
        " ! rtph264pay name=pay0 pt=96 config-interval=1",
        "jpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
    }[codec]
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        "( videotestsrc is-live=true pattern=ball"
        f" ! video/x-raw,format=I420,width={width},height={height},framerate=25/1 ! {coder} )"
    )
    factory.set_shared(True)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port[0] if port else "0")
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/live", flush=True)  # noqa: T201 - who started it reads it
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
