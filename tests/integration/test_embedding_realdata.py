"""Real ReID weights on real people, and the histogram in the small world: who is who is told."""

from pathlib import Path

import av
import numpy as np
import pytest
from scipy.stats import rankdata

from camweave.core.arrays import F32, I64, U8, Bool
from camweave.core.tracks import Tracklets
from camweave.embedding.histogram import Histogram
from camweave.embedding.looks import look_at
from camweave.embedding.params import HistogramParams, ReidParams
from camweave.embedding.reid import Reid
from camweave.formats.mot import read_mot
from camweave.inference.opening import Backend
from camweave.ops.crops import cut
from camweave.sources.synthetic.looks import PERSON
from camweave.sources.synthetic.oracle import record
from camweave.sources.synthetic.scenarios import make_scenario, world_of
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.synthetic.truth import CameraTruth

TRUTH_SCALE = np.float32(0.625)  # the truth was drawn on 768 x 576
RETAIL = "person-reidentification-retail-0248.onnx"
OSNET = "osnet_x0_25_msmt17.onnx"


def auc(cosine: F32, same: Bool) -> float:
    """The chance that a pair of one object is more alike than one of two."""
    rank, hits, misses = rankdata(cosine), int(same.sum()), int((~same).sum())
    return float((rank[same].sum() - hits * (hits + 1) / 2) / (hits * misses))


def auc_of_all_pairs(vectors: F32, object_id: I64) -> float:
    one, other = np.triu_indices(len(vectors), 1)
    return auc((vectors @ vectors.T)[one, other], object_id[one] == object_id[other])


@pytest.fixture(scope="module")
def people(data_dir: Path) -> tuple[list[U8], I64]:
    """Crops of everybody in every twentieth frame of the PETS clip, and who it is."""
    truth = read_mot(data_dir / "mot/MOT15/PETS09-S2L1/gt/gt.txt")
    crops: list[U8] = []
    rows: list[int] = []
    with av.open(str(data_dir / "video/PETS09-S2L1_View001_480x360.mp4")) as container:
        for index, shown in enumerate(container.decode(video=0)):
            if index % 20 == 10:
                image = np.asarray(shown.to_ndarray(format="bgr24"), np.uint8)
                here = np.flatnonzero(truth.frame == index).tolist()
                rows += here
                crops += [cut(image, truth.xyxy[row] * TRUTH_SCALE).copy() for row in here]
    return crops, truth.object_id[rows]


def weights(data_dir: Path, name: str) -> Path:
    path = data_dir / "weights" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    return path


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("model", "least", "dimension", "wants"),
    [
        (RETAIL, 0.93, 256, "NHWC 256x128 BGR raw"),
        (OSNET, 0.92, 512, "NCHW 256x128 RGB imagenet"),
    ],
)
def test_reid_tells_people_apart_without_a_card(  # noqa: PLR0917 - fixtures and cases
    data_dir: Path,
    people: tuple[list[U8], I64],
    model: str,
    least: float,
    dimension: int,
    wants: str,
) -> None:
    pytest.importorskip("onnxruntime")
    reid = Reid(ReidParams(model=weights(data_dir, model)))
    assert str(reid.wants).startswith(wants)
    assert reid.dimension == dimension
    crops, object_id = people
    vectors = reid.embed(crops)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert auc_of_all_pairs(vectors, object_id) >= least


@pytest.mark.realdata
def test_the_backends_agree(data_dir: Path, people: tuple[list[U8], I64]) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("openvino")
    model = weights(data_dir, OSNET)
    backends: list[Backend] = ["onnx", "openvino"]
    one, other = (
        Reid(ReidParams(model=model, backend=backend)).embed(people[0][:12]) for backend in backends
    )
    assert np.einsum("nd,nd->n", one, other).min() > 0.999


@pytest.mark.realdata
def test_the_histogram_is_of_use_on_people_too(people: tuple[list[U8], I64]) -> None:
    crops, object_id = people
    vectors = Histogram(HistogramParams()).embed(crops)
    assert auc_of_all_pairs(vectors, object_id) >= 0.8


def as_if_tracked(source: SyntheticSource, truth: CameraTruth) -> Tracklets:
    """A faulty detector's boxes of each vehicle, joined by the truth; the id is the object's."""
    recording = record(truth, source.times, source.spec)
    log, owner = recording.log, recording.object_id
    body = world_of(source.scenario).looks.body
    names = [n for n in np.unique(owner[owner > 0]).tolist() if body[n - 1] != PERSON]
    names = [name for name in names if np.count_nonzero(owner == name) >= 5]
    parts = [np.flatnonzero(owner == name) for name in names]
    rows = np.concatenate(parts)
    return Tracklets(
        camera=log.camera,
        fps=log.fps,
        width=log.width,
        height=log.height,
        tracklet_id=np.array(names, np.int64),
        class_id=np.zeros(len(names), np.int32),
        offsets=np.cumsum([0, *map(len, parts)]).astype(np.int64),
        frame=log.frame[rows],
        time=log.frame_times[log.frame[rows]],
        xyxy=log.xyxy[rows],
        score=log.score[rows],
        detection=rows.astype(np.int64),
    )


@pytest.mark.slow
def test_the_histogram_tells_the_small_worlds_vehicles_apart_across_cameras() -> None:
    scenario = make_scenario("plaza", cameras=3, seconds=30.0, seed=11)
    means: list[F32] = []
    names: list[int] = []
    cameras: list[int] = []
    for number, spec in enumerate(scenario.cameras):
        source = SyntheticSource(scenario, spec.name)
        tracklets = as_if_tracked(source, source.full_truth())
        with source:
            looks = look_at(source, tracklets, Histogram(HistogramParams()))
        assert looks.missing == looks.failed == 0
        for tracklet in looks.tracklets:
            assert tracklet.embeddings is not None
            assert 0 < len(tracklet.embeddings) <= 10
            mean = tracklet.embeddings.mean(axis=0)
            means.append(mean / np.linalg.norm(mean))
            names.append(int(tracklet.tracklet_id))
            cameras.append(number)
    table, object_id, camera = np.array(means), np.array(names), np.array(cameras)
    one, other = np.triu_indices(len(table), 1)
    apart = camera[one] != camera[other]
    one, other = one[apart], other[apart]
    same = object_id[one] == object_id[other]
    assert same.sum() >= 20
    assert auc((table @ table.T)[one, other], same) >= 0.95
