"""The tasks, each as the process that the service starts."""

from __future__ import annotations

import json
import shutil
import stat
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from countenance.consent.origin import SignedBy, trace
from countenance.consent.register import Standing, held, held_ids, standing
from countenance.engine.replica import describe
from countenance.engine.upgrade import id_of
from countenance.errors import CountenanceError
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.media.write import write_wav
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip
from countenance.work.line import Line

Checked = tuple[Path, Any]
Trained = tuple[Path, Any, Any]


class Silent(Line):
    """A line in the tests' own process."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def progress(self, progress: object) -> None:
        pass

    def event(self, name: str, **more: object) -> None:
        self.told.append(name)


def here() -> Settings:
    return Settings(threads=1)


def told_of(path: Path) -> dict[str, str]:
    """What a file says of its replica, as it was signed here; but when."""
    found = trace(path, here())
    assert (found.signed_by, found.standing) == (SignedBy.THIS, Standing.ACTIVE)
    assert found.credentials is not None
    return {name: value for name, value in found.credentials.replica.items() if name != "created_at"}


def done(task: str, folder: Path, **given: object) -> dict[str, Any]:
    """The result of a task that is done here."""
    (folder / "task.json").write_text(json.dumps(given))
    return dict(import_module(f"countenance.work.{task}").run(folder, here(), Silent()))


def test_a_check_tells_draws_and_leaves_a_warrant(checked: Checked) -> None:
    folder, told = checked
    result = told.result
    assert result["ok"] is True
    assert {line["event"] for line in told.lines} == {"progress", "done"}
    fractions = [line["fraction"] for line in told.of("progress")]
    assert fractions == sorted(fractions)
    assert result["clearance"]["material"] == "synthetic"
    shown = {finding["evidence"] for finding in result["findings"] if finding["evidence"]}
    assert shown
    assert {f"report/{name}" for name in shown} <= set(result["evidence"])
    assert all((folder / name).is_file() for name in result["evidence"])
    assert stat.S_IMODE((folder / "warrant").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*/*.js*")} == {0o600}


@pytest.mark.usefixtures("looked_at_once")
def test_a_report_says_of_footage_what_a_check_says_and_needs_nobody_to_agree(
    short_footage: Path, checked: Checked, tmp_path: Path
) -> None:
    shutil.copy(short_footage, tmp_path / "footage.mp4")
    result = done("report", tmp_path, footage="footage.mp4")
    of_check = checked[1].result
    assert result["ok"] is True
    assert [(each["rule"], each["spans"]) for each in result["findings"]] == [
        (each["rule"], each["spans"]) for each in of_check["findings"] if each["rule"].startswith("footage.")
    ]
    assert result["report"]["usable"] == of_check["clearance"]["report"]["usable"] != []
    assert result["evidence"] == of_check["evidence"] != []
    assert all((tmp_path / name).stat().st_mode & 0o777 == 0o600 for name in result["evidence"])
    assert not (tmp_path / "warrant").exists()


def test_a_report_of_a_picture_shows_it(tmp_path: Path) -> None:
    picture = next(frames(presenter_clip(), start_s=2.0)).image
    Image.fromarray(picture).save(tmp_path / "picture.png")
    result = done("report", tmp_path, picture="picture.png")
    assert result["ok"] is all(finding["severity"] != "error" for finding in result["findings"])
    assert result["evidence"] == [f"report/{result['report']['evidence']}"]
    with Image.open(tmp_path / result["evidence"][0]) as shown:
        assert min(shown.size) > 100


def test_a_killed_training_goes_on_where_it_was(trained: Trained) -> None:
    folder, first, second = trained
    assert first.code == -9
    assert first.lines[-1]["event"] == "preview"
    assert first.lines[0] == second.lines[0] == {"event": "receipt", "file": "receipt.jws"}, "before anything counts"
    result = second.result
    description = result["description"]
    assert (description["tier"], description["id"]) == ("final", "r0123456789ab")
    assert description == describe(folder / "replica")
    # The preview is told again, under the same receipt; nothing was watched again, and progress went on.
    again = second.of("preview")
    assert [line["receipt"] for line in again] == [first.lines[-1]["receipt"]] == [result["receipt"]]
    assert len([line for line in second.of("progress") if line["stage"] == "watch"]) <= 2
    reached = first.of("progress")[-1]["fraction"]
    assert second.of("progress")[0]["fraction"] >= reached > 0.2
    receipt = held(result["receipt"], here())
    assert (receipt.content.account, standing(receipt.id, here())) == ("w0123456789", Standing.ACTIVE)
    assert not (folder / "checkpoints").exists()


def test_thumbnails_are_small_and_move(trained: Trained) -> None:
    folder, _, second = trained
    assert told_of(folder / second.result["thumbnail"])["material"] == "synthetic"
    with Image.open(folder / second.result["thumbnail"]) as still:
        assert still.size == (320, 180)
    moving = probe(folder / second.result["thumbnail_video"])
    assert moving.audio is None
    assert moving.video is not None
    assert (moving.video.width, moving.video.height) == (320, 180)
    assert 2.0 <= moving.duration_s <= 3.0


def test_a_done_training_is_not_done_again(trained: Trained, tmp_path: Path) -> None:
    """Its process may have died before anybody heard of it."""
    folder, _, second = trained
    result = done("train", folder, footage="in/footage.mp4")
    assert result["description"] == second.result["description"]
    assert result["receipt"] == second.result["receipt"]


def test_without_a_signer_no_training_begins(checked: Checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = checked
    shutil.copytree(folder / "warrant", tmp_path / "warrant")
    (tmp_path / "certificate.pem").write_text("no certificate")
    monkeypatch.setenv("COUNTENANCE_C2PA_CERTIFICATE", str(tmp_path / "certificate.pem"))
    with pytest.raises(CountenanceError) as caught:
        done("train", tmp_path, footage="footage.mp4")
    assert caught.value.finding.rule.id == "media.signer_unusable"


def test_other_footage_is_not_trained_from(checked: Checked, tmp_path: Path) -> None:
    folder, _ = checked
    shutil.copytree(folder / "warrant", tmp_path / "warrant")
    shutil.copy(presenter_clip(), tmp_path / "footage.mp4")
    before = held_ids(here())
    with pytest.raises(Exception, match="not the file that was checked"):
        done("train", tmp_path, footage="footage.mp4")
    assert held_ids(here()) == before
    assert not (tmp_path / "replica").exists()


def test_a_video_has_captions_a_still_and_a_moving_picture(trained: Trained, tmp_path: Path) -> None:
    folder, _, _ = trained
    result = done(
        "render",
        tmp_path,
        replica=str(folder / "replica"),
        script="Hello there, Ada. Come in!",
        background={"colour": "#336699"},
        watermark="AI",
        pronunciations={"name": "d", "rules": [{"text": "Ada", "pronunciation": "Adda", "type": "alias"}]},
    )
    assert result["report"]["frames"] == pytest.approx(25 * probe(tmp_path / result["video"]).duration_s, abs=1)
    first, second = result["report"]["sentences"]
    assert (first["text"], second["text"]) == ("Hello there, Ada.", "Come in!")
    assert 0 < first["start_s"] < first["end_s"] < second["start_s"] < second["end_s"] < result["report"]["duration_s"]
    captions = (tmp_path / result["captions"]).read_text().split("\n")
    assert [line for line in captions[1:] if line and "-->" not in line] == ["Hello there, Ada.", "Come in!"]
    with Image.open(tmp_path / result["still"]) as still:
        assert still.size == (320, 180)
    with Image.open(tmp_path / result["gif"]) as moving:
        assert moving.size == (320, 180)
        assert moving.info["loop"] == 0
        frames = int(getattr(moving, "n_frames", 1))
        assert 0.5 < frames * moving.info["duration"] / 1000 <= 3.0
    said = told_of(tmp_path / result["video"])
    assert (said["replica"], said["voice"]) == (id_of(describe(folder / "replica")), result["report"]["voice"])
    assert told_of(tmp_path / result["still"]) == told_of(tmp_path / result["gif"]) == said


def test_a_lipsync_that_is_begun_again_speaks(trained: Trained, tmp_path: Path) -> None:
    """The first try died after its training."""
    folder, _, second = trained
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    write_wav(tmp_path / "in" / "sound.wav", audio(presenter_clip())[: 2 * 16_000])
    claim = {"material": "synthetic", "subject": "invented", "account": "w0123456789"}
    given = {**claim, "declarations": ["ai-generated"], "video": "in/footage.mp4", "audio": "in/sound.wav"}
    result = done("lipsync", tmp_path, **given)
    assert result["report"]["frames"] == 50
    assert result["receipt"] == second.result["receipt"]
    assert probe(tmp_path / result["video"]).duration_s == pytest.approx(2.0, abs=0.05)
    assert not (tmp_path / "replica").exists()
    said = told_of(tmp_path / result["video"])
    assert (said["receipt"], said["voice"]) == (result["receipt"], "recording")
    assert told_of(tmp_path / result["still"]) == told_of(tmp_path / result["gif"]) == said


def test_words_are_heard_with_their_times(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", audio(presenter_clip())[: 5 * 16_000])
    result = done("transcribe", tmp_path, media="a.wav")
    assert result["duration_s"] == 5.0
    assert result["language"] == "en"
    assert result["text"] == " ".join(word["text"] for word in result["words"])
    assert all(word["start_s"] < word["end_s"] <= 5.0 for word in result["words"])
    assert len(result["words"]) > 4
