"""The commands of the studio: check footage, train a replica, print the consent statement."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.errors import BAD_SETTING
from countenance.cli.exits import Exit
from countenance.cli.options import (
    AcceptResponsibility,
    Consent,
    Device,
    Footage,
    Json,
    Language,
    Name,
    Phrase,
    PictureRights,
    ReportFolder,
    Reviewed,
    Subject,
    Synthetic,
    device_of,
)
from countenance.cli.output import console, failure, print_findings, print_json, print_pairs, report_failure
from countenance.cli.reports import check_place, exit_of, page_of, refusal_reported
from countenance.cli.request import Options, request_of
from countenance.errors import CountenanceError, Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

    from countenance.clearance import Clearance
    from countenance.footage.report import Report
    from countenance.settings import Settings


def check(
    footage: Footage,
    consent: Consent = None,
    name: Name = None,
    language: Language = None,
    phrase: Phrase = None,
    subject: Subject = None,
    synthetic: Synthetic = False,
    accept_responsibility: AcceptResponsibility = False,
    reviewed: Reviewed = False,
    picture_rights: PictureRights = False,
    report: ReportFolder = None,
    json: Json = False,
) -> Exit:
    """Say whether a recording or a picture may become a replica, and what to do better."""
    from countenance.media.image import is_image

    options = Options(
        footage, consent, name, language, phrase, subject, synthetic, accept_responsibility, reviewed, picture_rights
    )
    if options.is_about_consent or accept_responsibility:
        _check_declared(options, is_picture=is_image(footage))
    settings = load_settings()
    request = request_of(options, settings)
    check_place(report)
    if is_image(footage):
        from countenance.cli.picture import check_picture

        return check_picture(request, settings, report, as_json=json)
    if not options.is_about_consent:
        return _check_footage(footage, settings, report, as_json=json)
    from countenance.clearance import examine
    from countenance.footage.report import Report

    with display.shown(as_json=json) as callback, refusal_reported(footage, report):
        cleared = examine(request, settings, callback)
    page, unwritten = page_of(cleared.report, report, settings)
    told = cleared.as_dict() | page
    if json:
        findings = [finding.as_dict() for finding in cleared.findings]
        stopped = (*cleared.blocking, *unwritten)
        print_json(failure(stopped, **told) if stopped else {"ok": True, "findings": findings, **told})
    else:
        print_findings(console(), (*cleared.findings, *unwritten))
        facts = {**_consent_facts(cleared), **_written_where(told)}
        if isinstance(cleared.report, Report):
            _show_footage(console(), cleared.report, facts, fit=cleared.ok)
    return exit_of(cleared.blocking, unwritten)


def train(
    footage: Footage,
    out: Annotated[Path, typer.Option(help="The folder to write the replica to.", show_default=False)],
    consent: Consent = None,
    name: Name = None,
    language: Language = None,
    phrase: Phrase = None,
    subject: Subject = None,
    synthetic: Synthetic = False,
    accept_responsibility: AcceptResponsibility = False,
    reviewed: Reviewed = False,
    picture_rights: PictureRights = False,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=1.0, help="Seconds after which training should be done.", show_default=False),
    ] = None,
    refine_seconds: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.0, help="Seconds for the net that refines the mouths; 0 for none.", show_default=False),
    ] = None,
    personal_voice: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--personal-voice/--no-personal-voice",
            help="Whether the voice in the footage becomes the replica's.",
            show_default=False,
        ),
    ] = None,
    device: Device = None,
    voice: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="The stock voice of a replica from a picture.", show_default=False),
    ] = None,
    json: Json = False,
) -> Exit:
    """Train a replica of the person in a recording, who must have agreed or not exist, or in a picture."""
    from countenance.cli.jobs import clear_and_train
    from countenance.engine.replica import check_place as check_place_of_replica
    from countenance.media.image import is_image
    from countenance.work.training import Training

    if voice is not None and not is_image(footage):
        raise typer.BadParameter("--voice is for a picture; this is none")
    if personal_voice and is_image(footage):
        raise typer.BadParameter("--personal-voice is for footage; in a picture there is no voice")
    options = Options(
        footage, consent, name, language, phrase, subject, synthetic, accept_responsibility, reviewed, picture_rights
    )
    _check_declared(options, is_picture=is_image(footage))
    training = Training(
        budget_s=budget,
        refine_s=refine_seconds,
        personal_voice=personal_voice,
        device=device_of(device),
        voice=voice,
    )
    settings = load_settings()
    request = request_of(options, settings)
    check_place_of_replica(out)
    with display.shown(as_json=json) as callback:
        cleared, description = clear_and_train(request, out, settings, callback, training)
    if description is None:
        report_failure(cleared.blocking, as_json=json)
        return Exit.REFUSED
    receipt = description["consent"]["receipt"]
    result = {"replica": str(out), "metrics": description["metrics"], "training_s": description["training_s"]}
    if json:
        findings = [finding.as_dict() for finding in cleared.findings]
        print_json({"ok": True, **result, "receipt": receipt, "findings": findings, **cleared.as_dict()})
    else:
        target = console()
        print_findings(target, cleared.findings)
        target.print(f"Replica written to {out} in {result['training_s']} s.", soft_wrap=True)
        target.print(f"Receipt: {receipt} (countenance consent show {receipt})", soft_wrap=True)
        print_pairs(target, "Measured on footage it was not trained on", description["metrics"])
    return Exit.OK


def statement(
    name: Annotated[str, typer.Option(help="The person's full name.", show_default=False)],
    language: Language = None,
    one_time: Annotated[
        bool,
        typer.Option(
            "--one-time", help="Add words that are good for half an hour and one consent.", show_default=False
        ),
    ] = False,
    json: Json = False,
) -> Exit:
    """Print the statement that the person reads aloud to agree."""
    from dataclasses import asdict

    from countenance.consent.language import language_of
    from countenance.consent.phrase import draw
    from countenance.consent.statement import check_name, statement_for

    if not name.strip():
        raise typer.BadParameter("--name must not be empty")
    settings, code, person = load_settings(), language or "en", " ".join(name.split())
    check_name(person)
    words = draw(person, language_of(code, settings), settings) if one_time else None
    wanted = statement_for(person, settings, language=code, one_time_words=words.words if words else ())
    if json:
        print_json({"ok": True, **asdict(wanted), "one_time": words and asdict(words)})
        return Exit.OK
    typer.echo(wanted.text)
    if words:
        typer.echo(f"Until {words.expires_at}: --phrase {words.id}", err=True)
    return Exit.OK


def _check_declared(options: Options, *, is_picture: bool) -> None:
    """A picture is declared as one; it says nothing of who agreed, and may be AI-generated or not.

    Raises:
        typer.BadParameter: for a picture that is not, and for footage that is.
    """
    if is_picture and not options.picture_rights:
        raise typer.BadParameter(
            "a picture, AI-generated or not, needs --picture-rights in place of --name or --synthetic"
        )
    if options.picture_rights and not is_picture:
        raise typer.BadParameter("--picture-rights is for a picture; this is none")


def load_settings() -> Settings:
    from pydantic import ValidationError

    from countenance.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"COUNTENANCE_{str(part['loc'][0]).upper()}: {part['msg']}." for part in error.errors()]
        raise CountenanceError(Finding(BAD_SETTING, detail=" ".join(wrong))) from error


def _check_footage(footage: Path, settings: Settings, folder: Path | None, *, as_json: bool) -> Exit:
    """Judge a recording of which nothing was said: the footage alone."""
    from countenance.footage.report import check as check_footage

    with display.shown(as_json=as_json) as callback, refusal_reported(footage, folder):
        report = check_footage(footage, settings, callback)
    told: dict[str, Any] = {"report": report.as_dict(), "consent": None, "claim": None}
    page, unwritten = page_of(report, folder, settings)
    told |= page
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if as_json:
        findings = [finding.as_dict() for finding in report.findings]
        stopped = (*errors, *unwritten)
        print_json(failure(stopped, **told) if stopped else {"ok": True, "findings": findings, **told})
    else:
        print_findings(console(), (*report.findings, *unwritten))
        _show_footage(console(), report, _written_where(told), fit=report.ok)
    return exit_of(errors, unwritten)


def _consent_facts(cleared: Clearance) -> dict[str, str]:
    if cleared.verdict is None:
        return {"declared": "; ".join(declared.wording for declared in cleared.request.declarations)}
    heard = cleared.verdict.heard.name or "none"
    return {"consent": f"{cleared.verdict.decision.value}; name heard: {heard}"}


def _written_where(told: Mapping[str, Any]) -> dict[str, str]:
    return {"report": told["page"]} if "page" in told else {}


def _show_footage(target: Console, report: Report, more: Mapping[str, str], *, fit: bool) -> None:
    shape = report.as_dict()
    video = shape["video"] or {}
    facts = {
        "length": f"{shape['duration_s']:.1f} s",
        "picture": f"{video.get('width')} x {video.get('height')} at {video.get('fps', 0):.4g} frames/s",
        "speech": f"{shape['speech_s']:.1f} s to learn from",
        **more,
    }
    print_pairs(target, report.file.name, facts)
    target.print("This may train a replica." if fit else "This may not train a replica; see above.", style="bold")
