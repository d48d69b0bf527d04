"""`countenance say`: let a replica speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit, exit_for
from countenance.cli.options import Device, Json, device_of
from countenance.cli.output import console, print_json, print_pairs, report_failure
from countenance.cli.script import read_script
from countenance.cli.studio import load_settings
from countenance.errors import CountenanceError

if TYPE_CHECKING:
    from countenance.engine.external.call import Call
    from countenance.engine.render import RenderReport
    from countenance.errors import Finding
    from countenance.settings import Settings
    from countenance.voice.speech import Sentence


def say(
    replica: Annotated[Path, typer.Argument(help="The folder of a trained replica.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="The video to write: MP4, or WebM if it is transparent.", show_default=False)
    ],
    script: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What to say.", show_default=False),
    ] = None,
    script_file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="What to say, as a text file (UTF-8); - for standard input.", show_default=False
        ),
    ] = None,
    audio: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A recording to speak instead of a script.", show_default=False),
    ] = None,
    voice: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="ID",
            help="The voice for the script (`countenance voices`), or `personal`; without it the replica's own, "
            "if it has one.",
            show_default=False,
        ),
    ] = None,
    pronunciations: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="A pronunciation dictionary (JSON) for the script.", show_default=False),
    ] = None,
    captions: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="Also write what is said when, as captions (WebVTT), if the voice tells it; with a script.",
            show_default=False,
        ),
    ] = None,
    background: Annotated[
        str,
        typer.Option(
            help="What is behind the person: filmed, transparent, green, another colour, a picture or a video."
        ),
    ] = "filmed",
    engine: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="An external engine (`countenance engines`).", show_default=False),
    ] = None,
    accept_non_commercial: Annotated[
        bool,
        typer.Option(
            "--accept-non-commercial", help="I declare: this use of the engine is not commercial.", show_default=False
        ),
    ] = False,
    fall_back: Annotated[
        bool,
        typer.Option(
            "--fall-back", help="Use the built-in engine if the external one cannot make it.", show_default=False
        ),
    ] = False,
    device: Device = None,
    json: Json = False,
) -> Exit:
    """Let a replica speak a script or a recording, as a video."""
    if [script, script_file, audio].count(None) != 2:
        raise typer.BadParameter("give one of --script, --script-file and --audio")
    if audio is not None and (voice or pronunciations or captions):
        raise typer.BadParameter("--voice, --pronunciations and --captions go with a script")
    if captions is not None and captions.suffix.lower() != ".vtt":
        raise typer.BadParameter("the name of --captions ends in .vtt")
    if engine is None and (accept_non_commercial or fall_back):
        raise typer.BadParameter("--accept-non-commercial and --fall-back go with --engine")
    from countenance.engine.background import background_of
    from countenance.engine.render import RenderOptions
    from countenance.voice.pronunciation import load
    from countenance.work.speaking import render_replica

    settings = load_settings()
    chosen = device_of(device)
    if script_file is not None:
        script = read_script(script_file)
    options = RenderOptions(
        voice=voice,
        pronunciations=load(pronunciations) if pronunciations else None,
        background=background_of(background),
        engine=_call(engine, settings, chosen, accepted=accept_non_commercial),
        fall_back=fall_back,
        device=chosen,
        inputs=tuple(path for path in (pronunciations, script_file) if path is not None),
        beside=() if captions is None else (captions,),
    )
    with display.shown(as_json=json) as callback:
        rendered = render_replica(replica, out, settings, callback, audio=audio, script=script, options=options)
    try:
        written = {} if captions is None else {"captions": _written(rendered.sentences, captions)}
    except CountenanceError as error:
        return _left_without_captions(rendered, error.finding, as_json=json)
    if json:
        print_json({"ok": True, **_rounded(rendered.as_dict()), **written})
        return Exit.OK
    target = console()
    facts = {key: value for key, value in rendered.as_dict().items() if key not in ("video", "notes", "sentences")}
    print_pairs(target, f"Video written to {out}", facts)
    untold = () if all(written.values()) else ("No captions were written: the voice does not tell when it says what.",)
    for note in (*rendered.notes, *untold):
        target.print(note, style="yellow", soft_wrap=True)
    return Exit.OK


def _written(sentences: Sequence[Sentence], captions: Path) -> str | None:
    """Where the captions are; None, and nothing is written, where there are none.

    Raises:
        CountenanceError: media.cannot_write.
    """
    from countenance.media.write import placed, write_errors
    from countenance.voice.captions import vtt_of_sentences

    if not sentences:
        return None
    with placed(captions) as part, write_errors(captions):
        part.write_text(vtt_of_sentences(sentences), encoding="utf-8")
    return str(captions)


def _left_without_captions(rendered: RenderReport, finding: Finding, *, as_json: bool) -> Exit:
    """Say that the captions failed, and that the video did not: making it may have taken long."""
    detail = f"{finding.detail} The video was written: {rendered.video}.".strip()
    report_failure([replace(finding, detail=detail)], as_json=as_json, **_rounded(rendered.as_dict()))
    return exit_for(finding, judges_material=False)


def _rounded(told: Any) -> Any:
    """The same with numbers of three decimals: milliseconds, for times."""
    match told:
        case float():
            return round(told, 3)
        case dict():
            return {name: _rounded(value) for name, value in told.items()}
        case list() | tuple():
            return [_rounded(value) for value in told]
        case _:
            return told


def _call(engine: str | None, settings: Settings, device: str, *, accepted: bool) -> Call | None:
    from countenance.engine.external.call import Call
    from countenance.engine.external.manifest import BUILT_IN, engine_of

    if engine is None or engine == BUILT_IN:
        return None
    return Call(engine_of(engine, settings), device=device, accepted=accepted)
