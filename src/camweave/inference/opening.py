"""A path to a running model: which file, which backend, and why not."""

import logging
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from camweave.core.errors import CamweaveError, MissingExtra, ModelError
from camweave.inference.cores import usable_cores
from camweave.inference.onnx_session import OnnxSession
from camweave.inference.openvino_session import OpenVinoSession
from camweave.inference.session import Session
from camweave.inference.torch_session import TorchSession, is_torchscript

log = logging.getLogger(__name__)

Runner: TypeAlias = Literal["onnx", "openvino", "torch"]
Backend: TypeAlias = Literal["auto", "onnx", "openvino", "torch"]

EXPORT = "uvx --from ultralytics yolo export model={} format=onnx"
STAND_INS = (".onnx", ".xml", ".torchscript")  # best first: on a GPU, .onnx means TensorRT
ARCHIVES = (".torchscript", ".pt", ".pth", ".ckpt")  # TorchScript, or a checkpoint
ENGINES = (".engine", ".trt", ".plan")
INSTALL = {"onnx": "onnxruntime", "openvino": "openvino", "torch": "torch"}  # what to import
READS = {
    "onnx": "ONNX Runtime reads .onnx",
    "openvino": "OpenVINO reads .onnx and .xml",
    "torch": "PyTorch reads TorchScript",
}
FOLDER_ENDING = "_openvino_model"  # of the folder that Ultralytics' export makes
HEAD = 64  # bytes that tell a file's kind

NOT_MODELS = {
    b"PK\x03\x04": "an archive, most likely a PyTorch checkpoint under another name",
    b"\x80\x02": "a Python pickle, most likely a PyTorch checkpoint under another name",
    b"version https://git-lfs": "a Git LFS pointer; fetch the file itself with git lfs pull",
    b"<!DOCTYPE": "a web page; the download went wrong",
    b"<html": "a web page; the download went wrong",
}


def open_session(
    path: str | Path, *, backend: Backend = "auto", threads: int = 0, exact: bool = False
) -> Session:
    """The model of a file, an exported folder, or a name without its ending, ready to run.

    `auto` runs an `.onnx` file with ONNX Runtime (TensorRT, CUDA, else the processor), or with
    OpenVINO where there is no other; a folder or `.xml` with OpenVINO, TorchScript with PyTorch.
    What cannot be run here falls back, with a line in the log, to the `.onnx`, `.xml` or
    `.torchscript` file of the same name beside it, in that order, as does a name without an
    ending. `threads` runs go on side by side (0: one per core); `exact` forbids OpenVINO's
    bfloat16.

    Raises:
        ModelError: no such file, not a model, or a kind that is not opened, with the way out.
        MissingExtra: what runs such a file is not installed.
    """
    file, runner = _choose(Path(path), backend)
    _refuse_by_content(file)
    threads = threads or usable_cores()
    session: Session
    match runner:
        case "onnx":
            session = OnnxSession(file, threads=threads)
        case "openvino":
            session = OpenVinoSession(file, threads=threads, exact=exact)
        case "torch":
            session = TorchSession(file, threads=threads)
    log.info("%s: %s, %d runs side by side%s", session.name, session.backend, threads, why(session))
    return session


def why(session: Session) -> str:
    """`; not CUDA: ...` of each that would have been tried first, for people; else nothing."""
    return "".join(f"; not {reason}" for reason in session.passed_over)


def _choose(path: Path, backend: Backend) -> tuple[Path, Runner]:
    """The first of a model's files that can be run here, and by what."""
    refused: CamweaveError | None = None
    for file in _files_of(path):
        try:
            runner = _runner(file, backend)
        except CamweaveError as error:
            refused = refused or error
        else:
            if refused is not None:
                log.warning("%s; falling back to %s", refused, file)
            return file, runner
    raise refused or ModelError(f"{path}: no such file")


def _files_of(path: Path) -> Iterator[Path]:
    """The file that was named, if only by its folder or without its ending; then its stand-ins."""
    named = _named_in(path) if path.is_dir() else path
    bare = not named.suffix and not named.name.endswith(FOLDER_ENDING)
    if named.is_file() or not bare:
        yield named
    names = (named.name if bare else named.stem, path.name.removesuffix(FOLDER_ENDING))
    places = [named.parent, path.parent]
    if named.parent.name.endswith(FOLDER_ENDING):
        places.append(named.parent.parent)
    for ending in STAND_INS:
        files = {folder / (name + ending): None for name in names for folder in places}
        yield from (file for file in files if file != named and file.is_file())


def _named_in(folder: Path) -> Path:
    """The one model in a folder."""
    inside = _one_of(folder, "*.xml") or _one_of(folder, "*.onnx")
    if inside is None:
        raise ModelError(f"{folder}: no .xml and no .onnx file in this folder")
    return inside


def _runner(file: Path, backend: Backend) -> Runner:
    """What runs this file here. Raises where nothing does."""
    _refuse_by_name(file)
    if not file.is_file():
        raise ModelError(f"{file}: no such file or folder")
    ending = file.suffix.lower()
    fits: tuple[Runner, ...] = ("torch",) if ending in ARCHIVES else ("openvino",)
    if ending == ".onnx":
        fits = ("onnx", "openvino")
    wanted = [fit for fit in fits if backend in {"auto", fit}]
    if backend != "auto" and not wanted:
        raise ModelError(f"{file}: {READS[backend]} only, and none lies beside it")
    for runner in wanted:
        if find_spec(INSTALL[runner]) is not None:
            if runner != wanted[0]:
                log.warning("%s: %s is not installed; running it with %s", file, wanted[0], runner)
            return runner
    raise MissingExtra(f"running {file}", wanted[0])


def _refuse_by_name(path: Path) -> None:
    ending = path.suffix.lower()
    if ending in ENGINES:
        raise ModelError(
            f"{path}: a TensorRT engine fits one GPU and one version. Give the .onnx file that it "
            "was built from; TensorRT is used where ONNX Runtime has it"
        )
    if ending in ARCHIVES[1:] and path.is_file() and not is_torchscript(path):
        raise ModelError(
            f"{path}: a PyTorch checkpoint can run any code when it is opened, so it is not. "
            f"Export it once: {EXPORT.format(path)} "
            "(Ultralytics and its weights are AGPL-3.0), and give the .onnx file"
        )


def _one_of(folder: Path, pattern: str) -> Path | None:
    files = sorted(folder.glob(pattern))
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise ModelError(f"{folder}: holds {len(files)} models; name one of {names}")
    return files[0] if files else None


def _refuse_by_content(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD)
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror})") from error
    if not head:
        raise ModelError(f"{file}: an empty file. Export or download it again")
    archive = file.suffix.lower() in ARCHIVES and is_torchscript(file)
    for start, what in NOT_MODELS.items():
        if head.startswith(start) and not archive:
            raise ModelError(f"{file}: not a model but {what}")
    if file.suffix.lower() not in {".onnx", ".xml", *ARCHIVES}:
        raise ModelError(
            f"{file}: models are .onnx, .xml or .torchscript files, or a folder with one in it"
        )
    if file.suffix == ".xml" and not file.with_suffix(".bin").is_file():
        raise ModelError(f"{file}: its weights, {file.with_suffix('.bin').name}, are not beside it")
