"""A window with one picture that changes, by the toolkit that comes with Python."""

from typing import Final, Self

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.errors import JobError

PAGE: Final = "open the page that `camweave serve` or `camweave live` prints in a browser instead"
GROUND: Final = "#14161a"  # around the picture
SHARE: Final = 0.9  # of the screen that a window takes at most, at first


class Window:
    """Shows pictures, fitted to its size. Open it with `with`; one thread uses it.

    It appears with the first picture, as large as that, or as the screen allows, and follows
    pictures of another size until somebody changes its own. Q, Esc and its frame close it; F fills
    the screen, and gives it back.
    """

    def __init__(self, title: str) -> None:
        """Nothing is to be seen of it yet.

        Raises:
            JobError: this Python has no toolkit, or there is no screen.
        """
        try:
            import tkinter as tk
        except ImportError:
            told = "this Python has no tkinter (Debian: apt-get install python3-tk)"
            raise JobError(f"view: {told}; or {PAGE}") from None
        try:
            self._root = tk.Tk(className="camweave")
        except tk.TclError:
            raise JobError(f"view: no screen here (DISPLAY); {PAGE}") from None
        self._root.withdraw()
        self.open = True
        self._made_for: tuple[int, int] | None = None  # px, of pictures
        self._made = (0, 0)  # px, of itself
        self._picture = tk.PhotoImage(master=self._root)
        self._area = tk.Label(self._root, image=self._picture, background=GROUND, borderwidth=0)
        self._area.pack(expand=True, fill="both")
        self._root.configure(background=GROUND)
        self._root.protocol("WM_DELETE_WINDOW", self.close)
        for key in ("q", "Q", "Escape"):
            self._root.bind(f"<Key-{key}>", lambda _: self.close())
        for key in ("f", "F"):
            self._root.bind(f"<Key-{key}>", lambda _: self._fill_screen())
        self.name(title)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._root.destroy()

    def close(self) -> None:
        """It is to go."""
        self.open = False

    def name(self, title: str) -> None:
        """What stands above it."""
        self._root.title(title)

    def turn(self) -> None:
        """Let keys be heard, and what was shown be seen. Called often."""
        self._root.update()

    def room(self, size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) px that a picture of this size has here, in its own shape.

        Makes the window appear, and as large as such pictures where nobody changed its size.
        """
        if size != self._made_for and (self._made_for is None or self._size() == self._made):
            self._appear(size)
        return self._fitted(size)

    def show(self, image: U8) -> None:
        """Put an image (H, W, 3) BGR into the room that there is."""
        height, width = image.shape[:2]
        size = self._fitted((width, height))
        if size != (width, height):
            way = cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR
            image = np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)
        rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
        # The quickest of Tk's ways in: 2.5 ms for 640 x 360 px, where `put` takes 11.
        self._picture.configure(data=b"P6 %d %d 255\n" % size + rgb.tobytes(), format="ppm")

    def _appear(self, size: tuple[int, int]) -> None:
        """Be as large as pictures of this size, and seen."""
        across, down = self._root.winfo_screenwidth(), self._root.winfo_screenheight()
        ratio = min(1.0, SHARE * across / size[0], SHARE * down / size[1])
        self._made_for, self._made = size, (round(size[0] * ratio), round(size[1] * ratio))
        self._root.geometry("{}x{}".format(*self._made))
        self._root.deiconify()
        self._root.update()

    def _fitted(self, size: tuple[int, int]) -> tuple[int, int]:
        across, down = self._size()
        ratio = min(across / size[0], down / size[1])
        return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))

    def _size(self) -> tuple[int, int]:
        return self._root.winfo_width(), self._root.winfo_height()

    def _fill_screen(self) -> None:
        full = bool(self._root.attributes("-fullscreen"))
        self._root.attributes("-fullscreen", not full)
