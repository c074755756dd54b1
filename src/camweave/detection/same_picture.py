"""The same picture in two sizes: how coordinates of one become those of the other."""

from camweave.core.errors import InputError

LIKENESS = 0.01  # relative difference of two ratios of width to height that rounding explains


def scale_between(what: str, size: tuple[int, int], frame: tuple[int, int]) -> tuple[float, float]:
    """Factors in x and y from `what`, of this (width, height), to a frame of that one.

    Raises:
        InputError: the two have another shape, so that one cannot be a scaled copy of the other.
    """
    across, down = frame[0] / size[0], frame[1] / size[1]
    if abs(across - down) > LIKENESS * max(across, down):
        raise InputError(
            f"{what}: made for {size[0]}x{size[1]}, the frame is {frame[0]}x{frame[1]}: "
            "another shape. Give one made on this picture"
        )
    return across, down
