"""Pictures: every kind that cameras and programs make, and files made to do harm."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from countenance.errors import CountenanceError
from countenance.media.image import is_image, read_image
from countenance.media.limits import Limits


def ramp(width: int = 48, height: int = 32) -> NDArray[np.uint8]:
    """Red grows to the right, green downwards; blue is constant."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // (width - 1), y * 255 // (height - 1), np.full_like(x, 90)], axis=2).astype(np.uint8)


def saved(path: Path, image: Pillow.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def fault(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(CountenanceError) as caught:
        read_image(path, limits)
    return caught.value.finding.rule.id


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, depth: int = 8, colour: int = 2, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def test_a_png_comes_out_as_it_went_in(tmp_path: Path) -> None:
    image = read_image(saved(tmp_path / "a.png", Pillow.fromarray(ramp())))
    assert np.array_equal(image.rgb, ramp())
    assert (image.alpha, image.format, image.size) == (None, "png", (48, 32))


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "jpeg"), ("a.webp", "webp")])
def test_lossy_formats(tmp_path: Path, name: str, kind: str) -> None:
    image = read_image(saved(tmp_path / name, Pillow.fromarray(ramp()), quality=95))
    assert image.format == kind
    assert np.abs(image.rgb.astype(int) - ramp()).mean() < 6


def test_the_name_is_not_believed(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Pillow.fromarray(ramp())).rename(tmp_path / "a.mp4")
    assert is_image(path)
    assert read_image(path).format == "png"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(tmp_path: Path, orientation: int) -> None:
    turns: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: np.transpose(a, (1, 0, 2)),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(np.transpose(a, (1, 0, 2)), 2),
        8: np.rot90,
    }
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    image = read_image(saved(tmp_path / "a.png", Pillow.fromarray(ramp()), exif=exif))
    expected = turns[orientation](ramp())
    assert np.array_equal(image.rgb, expected)
    assert image.size == (expected.shape[1], expected.shape[0])


def test_origin_is_told_and_places_are_not(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Maker", "Camera 5\0", "s" * 900
    exif[0x013B] = "A. Person"
    exif.get_ifd(0x8825)[1] = "N"
    image = read_image(saved(tmp_path / "a.jpg", Pillow.fromarray(ramp()), exif=exif))
    assert image.metadata == {"make": "Maker", "model": "Camera 5", "software": "s" * 200}


def test_texts_of_generators_are_told(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "a portrait, 50 mm")
    image = read_image(saved(tmp_path / "a.png", Pillow.fromarray(ramp()), pnginfo=text))
    assert image.metadata == {"png:parameters": "a portrait, 50 mm"}


def test_transparency_is_kept_apart(tmp_path: Path) -> None:
    alpha = np.full((32, 48, 1), 255, np.uint8)
    alpha[:10] = 0
    image = read_image(saved(tmp_path / "a.png", Pillow.fromarray(np.concatenate([ramp(), alpha], axis=2))))
    assert image.alpha is not None
    assert np.array_equal(image.alpha, alpha[..., 0])
    assert np.array_equal(image.rgb[10:], ramp()[10:])


def test_a_transparent_palette_colour(tmp_path: Path) -> None:
    indices = np.zeros((8, 8), np.uint8)
    indices[4:] = 1
    palette = Pillow.fromarray(indices, mode="P")
    palette.putpalette([200, 10, 20, 30, 40, 250])
    image = read_image(saved(tmp_path / "a.png", palette, transparency=1))
    assert image.alpha is not None
    assert (image.alpha[0, 0], image.alpha[7, 0]) == (255, 0)
    assert tuple(image.rgb[0, 0]) == (200, 10, 20)


def test_sixteen_bits_of_grey_are_scaled(tmp_path: Path) -> None:
    deep = np.linspace(0, 65535, 64 * 64).astype(np.uint16).reshape(64, 64)
    image = read_image(saved(tmp_path / "a.png", Pillow.fromarray(deep)))
    assert np.array_equal(image.rgb[..., 0], (deep >> 8).astype(np.uint8))
    assert np.array_equal(image.rgb[..., 0], image.rgb[..., 2])


def test_sixteen_bits_of_colour_are_scaled(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + struct.pack(">HHH", 0xFF00, 0x8000, 0x10FF) * 4 for _ in range(4))
    path = tmp_path / "a.png"
    path.write_bytes(png_of(4, 4, depth=16, data=rows))
    assert tuple(read_image(path).rgb[2, 2]) == (255, 128, 16)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA", "P"])
def test_every_mode_of_png(tmp_path: Path, mode: str) -> None:
    image = read_image(saved(tmp_path / "a.png", Pillow.fromarray(ramp()).convert(mode)))
    assert image.rgb.shape == (32, 48, 3)
    assert image.rgb.flags.c_contiguous


def test_print_colours_are_read(tmp_path: Path) -> None:
    red = Pillow.new("CMYK", (32, 32), (0, 255, 255, 0))
    image = read_image(saved(tmp_path / "a.jpg", red, quality=95))
    assert np.abs(image.rgb.astype(int) - (255, 0, 0)).max() < 12


def test_a_colour_profile_is_followed(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = read_image(saved(tmp_path / "a.png", Pillow.fromarray(ramp()), icc_profile=lab))
    assert np.abs(same.rgb.astype(int) - ramp()).max() <= 1
    broken = read_image(saved(tmp_path / "b.png", Pillow.fromarray(ramp()), icc_profile=lab[:200]))
    assert np.array_equal(broken.rgb, ramp())
    # Swapping two primaries' tags makes a profile whose red is green.
    swapped = lab.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    turned = read_image(saved(tmp_path / "c.png", Pillow.new("RGB", (8, 8), (255, 0, 0)), icc_profile=swapped))
    assert turned.rgb[0, 0, 1] > 240 > 60 > turned.rgb[0, 0, 0]


def test_a_telephones_second_picture_is_left_alone(tmp_path: Path) -> None:
    first, second = Pillow.fromarray(ramp()), Pillow.new("RGB", (48, 32))
    path = saved(tmp_path / "a.jpg", first, format="MPO", save_all=True, append_images=[second], quality=95)
    image = read_image(path)
    assert image.format == "jpeg"
    assert np.abs(image.rgb.astype(int) - ramp()).mean() < 6


def test_a_large_jpeg_is_decoded_smaller(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path / "a.jpg", Pillow.fromarray(ramp(640, 400)), exif=exif)
    image = read_image(path, Limits(pixels=100_000))
    assert image.size == (400, 640)
    assert image.rgb.shape == (320, 200, 3)


def test_too_many_pixels(tmp_path: Path) -> None:
    image = Pillow.fromarray(ramp(640, 400))
    assert fault(saved(tmp_path / "a.png", image), Limits(pixels=100_000)) == "media.picture_too_large"
    assert fault(saved(tmp_path / "a.jpg", image), Limits(pixels=30_000)) == "media.picture_too_large"


@pytest.mark.parametrize("side", [30_000, 2_000_000_000])
def test_a_bomb_is_not_lit(tmp_path: Path, side: int) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_of(side, side, data=bytes(1_000_000)))
    assert fault(path) == "media.picture_too_large"


def test_moving_pictures(tmp_path: Path) -> None:
    first, second = Pillow.fromarray(ramp()), Pillow.new("RGB", (48, 32), "red")
    for name in ("a.png", "a.webp"):
        assert fault(saved(tmp_path / name, first, save_all=True, append_images=[second])) == "media.image_moves"


@pytest.mark.parametrize("name", ["a.gif", "a.bmp", "a.tif"])
def test_other_formats_are_named(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, Pillow.fromarray(ramp()))
    assert is_image(path)
    with pytest.raises(CountenanceError, match=r"It is a (GIF|BMP|TIFF) picture") as caught:
        read_image(path)
    assert caught.value.finding.rule.id == "media.unknown_image"


def test_what_is_no_picture(tmp_path: Path) -> None:
    text = tmp_path / "a.png"
    text.write_text("BMW and others are not pictures")
    assert not is_image(text)
    assert fault(text) == "media.unknown_image"
    assert not is_image(tmp_path)
    assert not is_image(tmp_path / "none.png")
    assert fault(tmp_path / "none.png") == "media.file_missing"
    assert fault(tmp_path) == "media.not_a_file"


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Pillow.fromarray(ramp()))
    with path.open("ab") as file:
        file.truncate(81_000_000)
    assert fault(path) == "media.image_file_too_large"


def _bytes_of(kind: str) -> bytes:
    stream = io.BytesIO()
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    noise = np.random.default_rng(1).integers(0, 255, (24, 24, 3)).astype(np.uint8)
    Pillow.fromarray(noise).save(stream, kind, exif=exif, icc_profile=profile)
    return stream.getvalue()


SAMPLES = {kind: _bytes_of(kind) for kind in ("PNG", "JPEG", "WEBP")}


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_off(tmp_path: Path, kind: str, share: float) -> None:
    path = tmp_path / "a"
    path.write_bytes(SAMPLES[kind][: int(len(SAMPLES[kind]) * share)])
    assert fault(path) == "media.image_damaged"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(SAMPLES)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    keep=st.one_of(st.just(1.0), st.floats(0.01, 1)),
    tail=st.binary(max_size=8),
)
def test_damage_is_always_a_typed_error(
    tmp_path: Path, kind: str, flips: list[tuple[float, int]], keep: float, tail: bytes
) -> None:
    data = bytearray(SAMPLES[kind])
    for at, value in flips:
        data[int(at * len(data))] = value
    path = tmp_path / "a"
    path.write_bytes(bytes(data[: max(1, int(len(data) * keep))]) + tail)
    try:
        image = read_image(path, Limits(pixels=1_000_000))
    except CountenanceError:
        return
    assert image.rgb.dtype == np.uint8
    assert image.rgb.shape[2] == 3
