"""The commands of the studio: check footage, train a replica, let it speak, print the consent statement."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.errors import BAD_SETTING, NO_CONSENT
from countenance.cli.exits import Exit
from countenance.cli.options import Consent, Footage, Json, Name, Reviewed, Synthetic
from countenance.cli.output import console, failure, print_findings, print_json, print_pairs, report_failure
from countenance.errors import CountenanceError, Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

    from countenance.consent.verify import Verdict
    from countenance.engine.train import TrainOptions
    from countenance.footage.report import Report
    from countenance.progress import ProgressCallback, StageProgress
    from countenance.settings import Settings

_SECONDS: Mapping[str, float] = {"check": 15, "consent": 15, "train": 110}
"""Share of each stage in the time, as measured on 50 s of 720p footage."""


def check(
    footage: Footage,
    consent: Consent = None,
    name: Name = None,
    reviewed: Reviewed = False,
    synthetic: Synthetic = False,
    json: Json = False,
) -> Exit:
    """Say whether a recording may train a replica, and what to do better."""
    from countenance.progress import StageProgress

    _consent_arguments(consent, name, reviewed, synthetic)
    settings = load_settings()
    with display.shown(as_json=json) as callback:
        stages = StageProgress(_stages("check", consent), callback)
        report, verdict = _judge(footage, consent, name, settings, stages)
        stages.done()
    errors = _blocking(report, verdict, reviewed)
    if json:
        parts = {"report": report.as_dict(), "consent": verdict and verdict.as_dict(), "synthetic": synthetic}
        print_json(failure(errors, **parts) if errors else {"ok": True, "findings": _all(report, verdict), **parts})
    else:
        _show_check(console(), report, verdict, fit=not errors)
    return Exit.REFUSED if errors else Exit.OK


def train(
    footage: Footage,
    out: Annotated[Path, typer.Option(help="The folder to write the replica to.", show_default=False)],
    consent: Consent = None,
    name: Name = None,
    reviewed: Reviewed = False,
    synthetic: Synthetic = False,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=1.0, help="Seconds after which training should be done.", show_default=False),
    ] = None,
    json: Json = False,
) -> Exit:
    """Train a replica of the person in a recording, who must have agreed or not exist."""
    from countenance.engine.replica import check_place
    from countenance.engine.train import TrainOptions
    from countenance.progress import StageProgress

    _consent_arguments(consent, name, reviewed, synthetic)
    if consent is None and not synthetic:
        raise CountenanceError(Finding(NO_CONSENT, file=str(footage)))
    settings = load_settings()
    check_place(out)
    with display.shown(as_json=json) as callback:
        stages = StageProgress({**_stages("check", consent), **_stages("train")}, callback)
        report, verdict = _judge(footage, consent, name, settings, stages)
        errors = _blocking(report, verdict, reviewed)
        if not errors:
            agreed = {**verdict.as_dict(), "reviewed": reviewed} if verdict else None
            options = TrainOptions(synthetic, agreed, report.usable, budget)
            description = train_replica(footage, out, settings, stages.nested("train"), options)
            stages.done()
    if errors:
        report_failure(errors, as_json=json)
        return Exit.REFUSED
    result = {"replica": str(out), "metrics": description["metrics"], "training_s": description["training_s"]}
    if json:
        print_json({"ok": True, **result, "findings": _all(report, verdict), "consent": verdict and verdict.as_dict()})
    else:
        target = console()
        print_findings(target, [*report.findings, *(verdict.findings if verdict else ())])
        target.print(f"Replica written to {out} in {result['training_s']} s.", soft_wrap=True)
        print_pairs(target, "Measured on footage it was not trained on", description["metrics"])
    return Exit.OK


def say(
    replica: Annotated[Path, typer.Argument(help="The folder of a trained replica.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The video to write, an MP4 file.", show_default=False)],
    script: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What to say, in English, with the stock voice.", show_default=False),
    ] = None,
    audio: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A recording to speak instead of a script.", show_default=False),
    ] = None,
    json: Json = False,
) -> Exit:
    """Let a replica speak a script or a recording, as a video."""
    if (script is None) == (audio is None):
        raise typer.BadParameter("give either --script or --audio")
    from countenance.engine.render import render

    settings = load_settings()
    with display.shown(as_json=json) as callback:
        rendered = render(replica, out, settings, audio=audio, script=script, progress=callback)
    if json:
        print_json({"ok": True, **rendered.as_dict()})
    else:
        target = console()
        print_pairs(
            target,
            f"Video written to {out}",
            {key: value for key, value in rendered.as_dict().items() if key != "video"},
        )
    return Exit.OK


def statement(
    name: Annotated[str, typer.Option(help="The person's full name.", show_default=False)],
    json: Json = False,
) -> Exit:
    """Print the statement that the person reads aloud to agree."""
    from dataclasses import asdict

    from countenance.consent.statement import statement_for

    if not name.strip():
        raise typer.BadParameter("--name must not be empty")
    wanted = statement_for(" ".join(name.split()), load_settings())
    if json:
        print_json({"ok": True, **asdict(wanted)})
    else:
        typer.echo(wanted.text)
    return Exit.OK


def load_settings() -> Settings:
    from pydantic import ValidationError

    from countenance.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"COUNTENANCE_{str(part['loc'][0]).upper()}: {part['msg']}." for part in error.errors()]
        raise CountenanceError(Finding(BAD_SETTING, detail=" ".join(wrong))) from error


def train_replica(
    footage: Path, out: Path, settings: Settings, callback: ProgressCallback, options: TrainOptions
) -> Mapping[str, Any]:
    """Train and return what the replica's description says."""
    from countenance.engine.train import train as train_engine

    return train_engine(footage, out, settings, options=options, progress=callback).description


def _stages(stage: str, consent: Path | None = None) -> dict[str, float]:
    wanted = (stage,) if consent is None else (stage, "consent")
    return {name: _SECONDS[name] for name in wanted}


def _consent_arguments(consent: Path | None, name: str | None, reviewed: bool, synthetic: bool) -> None:
    if consent is not None and synthetic:
        raise typer.BadParameter("a person either agreed (--consent) or does not exist (--synthetic)")
    if consent is not None and not (name and name.strip()):
        raise typer.BadParameter("--consent needs the person's full name: --name")
    if consent is None and name is not None:
        raise typer.BadParameter("--name belongs to --consent")
    if consent is None and reviewed:
        raise typer.BadParameter("--reviewed belongs to --consent")


def _judge(
    footage: Path, consent: Path | None, name: str | None, settings: Settings, stages: StageProgress
) -> tuple[Report, Verdict | None]:
    """The report on the footage and, if there is one to judge, the verdict on the consent."""
    from countenance.footage.report import check as check_footage

    report = check_footage(footage, settings, stages.nested("check"))
    if consent is None or name is None:
        return report, None
    from countenance.consent.verify import verify

    stages.update("consent", 0.0)
    return report, verify(consent, footage, name, settings)


def _blocking(report: Report, verdict: Verdict | None, reviewed: bool) -> list[Finding]:
    """What forbids training: every error and, until a human has looked, every doubt about who agreed."""
    doubts = (Severity.ERROR,) if reviewed else (Severity.ERROR, Severity.WARNING)
    found = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    return found + [finding for finding in (verdict.findings if verdict else ()) if finding.severity in doubts]


def _all(report: Report, verdict: Verdict | None) -> list[dict[str, Any]]:
    return [finding.as_dict() for finding in [*report.findings, *(verdict.findings if verdict else ())]]


def _show_check(target: Console, report: Report, verdict: Verdict | None, *, fit: bool) -> None:
    print_findings(target, [*report.findings, *(verdict.findings if verdict else ())])
    shape = report.as_dict()
    video = shape["video"] or {}
    facts = {
        "length": f"{shape['duration_s']:.1f} s",
        "picture": f"{video.get('width')} x {video.get('height')} at {video.get('fps', 0):.4g} frames/s",
        "speech": f"{shape['speech_s']:.1f} s to learn from",
    }
    if verdict is not None:
        facts["consent"] = f"{verdict.decision.value}; name heard: {verdict.heard.name or 'none'}"
    print_pairs(target, report.file.name, facts)
    target.print("This may train a replica." if fit else "This may not train a replica; see above.", style="bold")
