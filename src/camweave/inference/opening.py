"""A path to a running model: which file, which backend, and why not."""

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from camweave.core.errors import MissingExtra, ModelError
from camweave.inference.cores import usable_cores
from camweave.inference.onnx_session import OnnxSession
from camweave.inference.openvino_session import OpenVinoSession
from camweave.inference.session import Session

log = logging.getLogger(__name__)

Backend: TypeAlias = Literal["auto", "onnx", "openvino"]

EXPORT = "uvx --from ultralytics yolo export model={} format=onnx"
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
    """The model of an `.onnx` or `.xml` file or an exported folder, ready to run.

    `auto` runs a folder or `.xml` with OpenVINO, or, with a line in the log, the ONNX file
    beside it where there is no OpenVINO; an `.onnx` file with ONNX Runtime, else with OpenVINO.
    `threads` runs go on side by side (0: one per core); `exact` forbids OpenVINO's bfloat16.

    Raises:
        ModelError: no such file, not a model, or a kind that is not opened, with the way out.
        MissingExtra: what runs such a file is not installed.
    """
    chosen = Path(path)
    _refuse_by_name(chosen)
    file = _model_file(chosen, backend)
    _refuse_by_content(file)
    threads = threads or usable_cores()
    session: Session
    if _runs_on_openvino(file, backend):
        session = OpenVinoSession(file, threads=threads, exact=exact)
    else:
        session = OnnxSession(file, threads=threads)
    log.info("%s: %s, %d runs side by side", session.name, session.backend, session.threads)
    return session


def _refuse_by_name(path: Path) -> None:
    ending = path.suffix.lower()
    if ending in {".pt", ".pth", ".ckpt"}:
        raise ModelError(
            f"{path}: a PyTorch checkpoint can run any code when it is opened, so it is not. "
            f"Export it once: {EXPORT.format(path)} "
            "(Ultralytics and its weights are AGPL-3.0), and give the .onnx file"
        )
    if ending in {".engine", ".trt", ".plan"}:
        raise ModelError(
            f"{path}: a TensorRT engine fits one GPU and one version. Give the .onnx file that it "
            "was built from; TensorRT is used where ONNX Runtime has it"
        )
    if ending == ".torchscript":
        raise ModelError(
            f"{path}: TorchScript is not opened. Export the model it came from as ONNX: "
            f"{EXPORT.format('MODEL.pt')} (Ultralytics and its weights are AGPL-3.0)"
        )


def _model_file(path: Path, backend: Backend) -> Path:
    """The file to open: `path`, the one model in that folder, or the ONNX file that stands in."""
    exported = _one_of(path, "*.xml") if path.is_dir() else path
    if exported is None:
        inside = _one_of(path, "*.onnx")
        if inside is None:
            raise ModelError(f"{path}: no .xml and no .onnx file in this folder")
        return inside
    if exported.suffix == ".xml" or exported.name.endswith(FOLDER_ENDING):
        return _exported_or_stand_in(path, exported, backend)
    if not exported.is_file():
        raise ModelError(f"{path}: no such file")
    return exported


def _exported_or_stand_in(path: Path, exported: Path, backend: Backend) -> Path:
    """The OpenVINO model where it can be run, else the ONNX file beside it, with a line."""
    missing = not exported.is_file()
    if not missing and backend != "onnx" and find_spec("openvino") is not None:
        return exported
    for name in (exported.stem, path.name.removesuffix(FOLDER_ENDING)):
        for folder in (exported.parent, exported.parent.parent):
            stand_in = folder / f"{name}.onnx"
            if stand_in.is_file() and backend != "openvino":
                why = "no such file" if missing else "OpenVINO is not used here"
                log.warning("%s: %s; falling back to %s", path, why, stand_in)
                return stand_in
    if missing:
        raise ModelError(f"{path}: no such file or folder, and no {exported.stem}.onnx beside it")
    if backend == "onnx":
        raise ModelError(f"{path}: ONNX Runtime reads .onnx only, and none lies beside it")
    raise MissingExtra(
        f"{path} (no {exported.stem}.onnx lies beside it to fall back to)", "openvino"
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
    for start, what in NOT_MODELS.items():
        if head.startswith(start):
            raise ModelError(f"{file}: not a model but {what}")
    if file.suffix.lower() not in {".onnx", ".xml"}:
        raise ModelError(f"{file}: models are .onnx or .xml files, or a folder with one in it")
    if file.suffix == ".xml" and not file.with_suffix(".bin").is_file():
        raise ModelError(f"{file}: its weights, {file.with_suffix('.bin').name}, are not beside it")


def _runs_on_openvino(file: Path, backend: Backend) -> bool:
    if backend != "auto" or file.suffix == ".xml":
        return backend == "openvino" or file.suffix == ".xml"
    if find_spec("onnxruntime") is None and find_spec("openvino") is not None:
        log.warning("%s: ONNX Runtime is not installed; running it with OpenVINO", file)
        return True
    return False
