"""say, on a replica that `train` made: voices, backgrounds, marks, engines, and what each video says of itself."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from trained_once import TrainedOnce

from countenance.cli.exits import Exit
from countenance.cli.say import _rounded, _written
from countenance.errors import CountenanceError
from countenance.media.errors import CANNOT_WRITE
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.media.write import write_wav
from countenance.settings import Settings
from countenance.voice.hibari import speak
from countenance.voice.speech import Sentence

Command = Callable[..., Any]
Trained = tuple[Path, dict[str, Any], str]
"""The folder of the replica, and what the command said on stdout and stderr."""

SCRIPT = "Hello there."
FAKE = Path(__file__).parents[1] / "engine" / "external" / "fake_engine.py"
GREEN, RED = (0, 177, 64), (200, 30, 40)


@pytest.fixture(scope="module")
def replica(trained_once: TrainedOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    done = trained_once.done
    assert done.returncode == Exit.OK, done.stdout + done.stderr
    data = tmp_path_factory.mktemp("installation") / "data"
    shutil.copytree(trained_once.data, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTENANCE_DATA_DIR", str(data))
        yield trained_once.replica, json.loads(done.stdout), done.stderr


def test_training_reports_progress_and_figures(replica: Trained) -> None:
    folder, said, err = replica
    assert said["ok"] is True
    assert said["replica"] == str(folder)
    assert (folder / "replica.json").is_file()
    assert said["metrics"]["lip_psnr_db"] > 15
    assert said["training_s"] > 0
    lines = [json.loads(line) for line in err.splitlines()]
    fractions = [line["fraction"] for line in lines]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (pytest.approx(0.0, abs=0.05), 1.0)
    assert len({line["stage"] for line in lines}) >= 4


def test_a_replica_speaks_a_script_and_a_recording(replica: Trained, tmp_path: Path, command: Command) -> None:
    spoken = speak("Seven silver swans swam silently.", Settings(threads=1))
    sound = tmp_path / "a recording.wav"
    write_wav(sound, spoken.samples, 24_000)
    vtt = tmp_path / "captions.vtt"
    for source in (("--script", "Seven silver swans swam silently.", "--captions", vtt), ("--audio", sound)):
        video = tmp_path / f"video {source[0]}.mp4"
        done = command("say", replica[0], *source, "--out", video, "--json")
        assert done.code == Exit.OK, done.result
        assert done.result["video"] == str(video)
        assert probe(video).duration_s == pytest.approx(spoken.duration_s, abs=0.08)
        told = _rounded([asdict(sentence) for sentence in spoken.sentences]) if source[0] == "--script" else []
        assert done.result["sentences"] == json.loads(json.dumps(told))
    assert vtt.read_text().endswith("\nSeven silver swans swam silently.\n")
    assert (done.result["voice"], done.result["engine"]) == ("recording", "built-in")
    seen = command("inspect", video, "--json")
    assert seen.code == Exit.OK, seen.result
    told = seen.result["replica"]
    assert (told["replica"], told["voice"], told["material"]) == (description(replica)["id"], "recording", "synthetic")
    assert seen.result["receipt"] == replica[1]["receipt"]
    assert (seen.result["standing"], seen.result["signed_by"]) == ("active", "this installation")
    assert seen.result["credentials"]["source_types"] == ["trainedAlgorithmicMedia"]


def test_captions_are_of_a_script_and_beside_the_video(tmp_path: Path, command: Command) -> None:
    out = tmp_path / "video.mp4"
    for wanted in (
        ("--audio", "a.wav", "--captions", tmp_path / "a.vtt"),
        ("--script", SCRIPT, "--captions", out),
        ("--script", SCRIPT, "--captions", tmp_path / "replica.json"),
    ):
        assert command("say", tmp_path, *wanted, "--out", out, "--json").code == Exit.USAGE
    assert _written((), tmp_path / "a.vtt") is None
    with pytest.raises(CountenanceError) as caught:
        _written((Sentence(SCRIPT, 0.0, 1.0),), tmp_path / "no folder" / "a.vtt")
    assert caught.value.finding.rule is CANNOT_WRITE
    assert list(tmp_path.iterdir()) == []


def test_captions_are_written_over_nothing_else(replica: Trained, tmp_path: Path, command: Command) -> None:
    before = (replica[0] / "replica.json").read_bytes()
    (tmp_path / "replica.vtt").symlink_to(replica[0] / "replica.json")
    for captions, rule in (
        (tmp_path / "replica.vtt", "engine.out_is_input"),
        (tmp_path / "no folder" / "a.vtt", "media.cannot_write"),
    ):
        assert refused(command, replica, tmp_path / "video.mp4", "--captions", captions) == (Exit.INPUT, rule)
    assert (replica[0] / "replica.json").read_bytes() == before


def test_captions_that_fail_leave_the_video_and_say_so(
    replica: Trained, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    out, captions = tmp_path / "video.mp4", tmp_path / "a.vtt"
    captions.write_text("older")
    monkeypatch.setattr(Path, "write_text", full)
    done = command("say", replica[0], "--script", SCRIPT, "--out", out, "--captions", captions, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "media.cannot_write")
    assert (done.result["ok"], done.result["video"]) == (False, str(out))
    assert "The video was written" in done.result["error"]["message"]
    assert captions.read_text() == "older"
    assert {path.name for path in tmp_path.iterdir()} == {"video.mp4", "a.vtt"}


def description(replica: Trained) -> dict[str, Any]:
    told = json.loads((replica[0] / "replica.json").read_text())
    assert isinstance(told, dict)
    return told


def said(command: Command, replica: Trained, out: Path, *options: object, script: str = SCRIPT) -> dict[str, Any]:
    done = command("say", replica[0], "--script", script, "--out", out, *options, "--json")
    assert done.code == Exit.OK, done.result
    result = done.result
    assert isinstance(result, dict)
    return result


def refused(command: Command, replica: Trained, out: Path, *options: object) -> tuple[int, str]:
    """The exit code and the rule; nothing is left where the video was wanted."""
    done = command("say", replica[0], "--script", SCRIPT, "--out", out, *options, "--json")
    assert not out.exists()
    return done.code, str(done.result["error"]["rule"])


def middle(video: Path) -> NDArray[np.int_]:
    """A picture from the middle, as numbers that can be subtracted."""
    pictures = [frame.image for frame in frames(video)]
    return pictures[len(pictures) // 2].astype(int)


@pytest.fixture(scope="module")
def plain(replica: Trained, tmp_path_factory: pytest.TempPathFactory) -> NDArray[np.int_]:
    """The picture in the middle of the video that no option changes."""
    from countenance.cli.main import run

    out = tmp_path_factory.mktemp("plain") / "video.mp4"
    assert run(["say", str(replica[0]), "--script", SCRIPT, "--out", str(out), "--json"]) == Exit.OK
    return middle(out)


FACE = np.s_[120:220, 280:360]
CORNERS = (np.s_[5:60, 5:60], np.s_[5:60, -60:-5])


@pytest.mark.parametrize("background", ["green", "a picture.png"])
def test_the_person_speaks_before_something_else(
    background: str, replica: Trained, plain: NDArray[np.int_], tmp_path: Path, command: Command
) -> None:
    wanted, option = GREEN, background
    if background != "green":
        wanted, option = RED, str(tmp_path / background)
        Image.new("RGB", (64, 36), RED).save(option)
    said(command, replica, tmp_path / "video.mp4", "--background", option)
    shown = middle(tmp_path / "video.mp4")
    for corner in CORNERS:
        assert np.abs(shown[corner].mean(axis=(0, 1)) - wanted).max() < 8
        assert np.abs(plain[corner].mean(axis=(0, 1)) - wanted).max() > 20
    assert np.abs(shown[FACE] - plain[FACE]).mean() < 4


def test_a_transparent_video_has_the_person_alone(
    replica: Trained, plain: NDArray[np.int_], tmp_path: Path, command: Command
) -> None:
    out = tmp_path / "video.webm"
    result = said(command, replica, out, "--background", "transparent")
    # FFmpeg's own decoder of VP9 leaves alpha out; that of libvpx has it.
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(out)) as container:
        decoded = [frame for packet in container.demux(video=0) for frame in decoder.decode(packet)]
    assert len(decoded) == result["frames"]
    shown = decoded[len(decoded) // 2].to_ndarray(format="rgba").astype(int)
    assert all(shown[corner][..., 3].max() < 8 for corner in CORNERS)
    assert shown[FACE][..., 3].min() > 247
    assert np.abs(shown[FACE][..., :3] - plain[FACE]).mean() < 6
    assert np.abs(audio(out)).max() > 0.05
    seen = command("inspect", out, "--json").result
    assert seen["receipt"] == replica[1]["receipt"]


@pytest.mark.parametrize(("background", "name"), [("transparent", "video.mp4"), ("green", "video.webm")])
def test_a_name_that_does_not_fit_the_background_is_refused(
    background: str, name: str, replica: Trained, tmp_path: Path, command: Command
) -> None:
    assert refused(command, replica, tmp_path / name, "--background", background) == (
        Exit.INPUT,
        "engine.suffix_misfits",
    )


def test_voices_that_are_not_there_are_refused(replica: Trained, tmp_path: Path, command: Command) -> None:
    for voice, rule in (("personal", "engine.no_personal_voice"), ("nobody", "voice.unknown_voice")):
        assert refused(command, replica, tmp_path / "video.mp4", "--voice", voice) == (Exit.INPUT, rule)


def test_a_dictionary_says_how_a_word_sounds(replica: Trained, tmp_path: Path, command: Command) -> None:
    dictionary = tmp_path / "names.json"
    longer = {"text": "there", "pronunciation": "over there, my dear friends", "type": "alias"}
    dictionary.write_text(json.dumps({"name": "names", "rules": [longer]}))
    result = said(command, replica, tmp_path / "video.mp4", "--pronunciations", dictionary)
    assert result["voice"] == "hibari"
    expected = speak("Hello over there, my dear friends.", Settings(threads=1)).duration_s
    assert result["duration_s"] == pytest.approx(expected, abs=0.08)
    assert result["duration_s"] > speak(SCRIPT, Settings(threads=1)).duration_s + 0.5
    dictionary.write_text("{")
    assert refused(command, replica, tmp_path / "none.mp4", "--pronunciations", dictionary) == (
        Exit.INPUT,
        "voice.dictionary_invalid",
    )


def test_a_visible_mark_is_seen_in_its_corner_alone(
    replica: Trained,
    plain: NDArray[np.int_],
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COUNTENANCE_VISIBLE_MARK", "AI-generated")
    said(command, replica, tmp_path / "video.mp4")
    changed = np.abs(middle(tmp_path / "video.mp4") - plain).max(axis=2)
    assert changed[-25:-12, -70:-20].mean() > 40
    assert changed[:300, :500].mean() < 3


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`engine("crash", commercial=False)`: the owner has an engine that ends like this."""

    def set_up(how: str, *, commercial: bool = True) -> None:
        folder = tmp_path / "engines" / "fake"
        folder.mkdir(parents=True, exist_ok=True)
        command = json.dumps([sys.executable, str(FAKE), "{clip}", "{sound}", "{out}", "{options}", how])
        licence = f'{{ code = "CC-BY-NC-4.0", commercial = {str(commercial).lower()} }}'
        text = f'id = "fake"\nname = "Fake"\nversion = "1.0"\ncommand = {command}\nlicence = {licence}\n'
        (folder / "engine.toml").write_text(text)
        monkeypatch.setenv("COUNTENANCE_ENGINES_DIR", str(folder.parent))

    return set_up


def test_an_external_engine_makes_the_pictures(
    replica: Trained, plain: NDArray[np.int_], tmp_path: Path, command: Command, engine: Callable[..., None]
) -> None:
    out = tmp_path / "video.mp4"
    engine("well", commercial=False)
    assert refused(command, replica, out, "--engine", "fake") == (Exit.INPUT, "engine.external_not_accepted")
    result = said(command, replica, out, "--engine", "fake", "--accept-non-commercial")
    assert (result["engine"], result["notes"]) == ("fake", [])
    made = probe(out)
    assert made.video is not None
    assert made.audio is not None
    spoken_s = speak(SCRIPT, Settings(threads=1)).duration_s
    assert made.video.frames == result["frames"]
    assert made.video.duration_s == pytest.approx(spoken_s, abs=0.04)
    assert made.audio.duration_s == pytest.approx(spoken_s, abs=0.08)
    assert np.abs(audio(out)).max() > 0.05
    dark = plain < 180
    assert (middle(out) - plain)[dark].mean() == pytest.approx(40, abs=4), "as the fake engine brightens them"
    told = command("inspect", out, "--json").result["replica"]
    assert (told["rendered_by"], told["use"], told["replica"]) == ("fake", "not commercial", description(replica)["id"])
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("video.mp4", "engines")] == []


def test_where_an_external_engine_fails_the_built_in_one_may_do_it(
    replica: Trained, plain: NDArray[np.int_], tmp_path: Path, command: Command, engine: Callable[..., None]
) -> None:
    out = tmp_path / "video.mp4"
    engine("crash")
    assert refused(command, replica, out, "--engine", "fake") == (Exit.INTERNAL, "engine.external_failed")
    result = said(command, replica, out, "--engine", "fake", "--fall-back")
    assert result["engine"] == "built-in"
    (note,) = result["notes"]
    assert note.startswith("Fake could not make it: ")
    assert "no such layer" in note
    assert np.abs(middle(out) - plain).mean() < 2
    told = command("inspect", out, "--json").result["replica"]
    assert not {"rendered_by", "use"} & set(told)
    assert refused(command, replica, tmp_path / "none.mp4", "--engine", "muse") == (
        Exit.INPUT,
        "engine.external_unknown",
    )


@pytest.mark.parametrize("script", ["", "  ...  ", "日本語"])
def test_a_script_that_cannot_be_spoken(script: str, replica: Trained, tmp_path: Path, command: Command) -> None:
    done = command("say", replica[0], "--script", script, "--out", tmp_path / "v.mp4", "--json")
    assert done.code == Exit.INPUT
    assert done.result["error"]["rule"].startswith("voice.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["garbage", "cut"])
def test_the_built_in_engine_also_makes_what_broke_half_way(
    how: str, replica: Trained, tmp_path: Path, command: Command, engine: Callable[..., None]
) -> None:
    out = tmp_path / "video.mp4"
    engine(how)
    assert refused(command, replica, out, "--engine", "fake") == (Exit.INTERNAL, "engine.external_bad_result")
    long = tmp_path / ("x" * 245 + ".mp4")
    assert refused(command, replica, long, "--engine", "fake") == (Exit.INPUT, "media.cannot_write")
    result = said(command, replica, out, "--engine", "fake", "--fall-back")
    assert result["engine"] == "built-in"
    made = probe(out).video
    assert made is not None
    assert made.frames == result["frames"]


@pytest.mark.parametrize("name", ["video.mp4", "video.webm"])
def test_permission_is_asked_for_last_when_the_video_is_whole(name: str, replica: Trained, tmp_path: Path) -> None:
    from countenance.engine.background import background_of
    from countenance.engine.render import RenderOptions, render

    class Withdrawn(Exception):
        pass

    whole: list[bool] = []

    def permitted() -> None:
        (*parts,) = tmp_path.glob(".*.part")
        whole.append(bool(parts) and parts[0].stat().st_size > 0 and is_whole(parts[0]))
        if whole[-1] and whole[-2]:
            raise Withdrawn

    def is_whole(part: Path) -> bool:
        try:
            with av.open(str(part)) as opened:
                return opened.duration is not None
        except av.FFmpegError:
            return False

    options = RenderOptions(background=background_of("transparent" if name.endswith("webm") else "filmed"))
    with pytest.raises(Withdrawn):
        render(replica[0], tmp_path / name, Settings(threads=1), script="Hi.", options=options, permitted=permitted)
    assert whole[-2:] == [True, True]
    assert [*tmp_path.iterdir()] == []
