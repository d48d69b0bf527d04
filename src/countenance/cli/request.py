"""From options to a request: what somebody wants to train from, and what they declare about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from countenance.clearance import Request
    from countenance.consent.receipt_content import Declaration
    from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What `check` and `train` were told about the material."""

    footage: Path
    consent: Path | None = None
    name: str | None = None
    language: str | None = None
    phrase: str | None = None
    subject: str | None = None
    synthetic: bool = False
    accept_responsibility: bool = False
    reviewed: bool = False
    picture_rights: bool = False

    @property
    def is_about_consent(self) -> bool:
        """Whether anything was said of who agreed or what was declared; else only the footage can be judged."""
        return self.synthetic or self.picture_rights or self.name is not None or self.subject is not None


def request_of(options: Options, settings: Settings) -> Request:
    """The request, with the declarations that the options stand for.

    Raises:
        typer.BadParameter: for options that contradict each other.
        CountenanceError: consent.name_missing.
    """
    from countenance.clearance import Request
    from countenance.consent.policy import Subject
    from countenance.consent.receipt import account_of
    from countenance.consent.receipt_content import Material
    from countenance.consent.statement import check_name

    _check(options)
    if options.name:
        check_name(options.name)
    subjects = [subject.value for subject in Subject]
    if options.subject is not None and options.subject not in subjects:
        raise typer.BadParameter(f"--subject is one of {', '.join(subjects)}")
    material = Material.SYNTHETIC if options.synthetic else Material.FOOTAGE
    if options.picture_rights:
        material = Material.IMAGE
    default = Subject.INVENTED if options.synthetic else Subject.SELF
    named = options.name is not None
    return Request(
        footage=options.footage,
        material=material,
        subject=Subject(options.subject) if options.subject else default,
        name=" ".join(options.name.split()) if options.name else None,
        consent=(options.consent or options.footage) if named else None,
        language=options.language or "en",
        phrase_id=options.phrase,
        declarations=_declared(options, account_of(settings)),
        reviewed_by=account_of(settings) if options.reviewed else None,
    )


def _check(options: Options) -> None:
    from countenance.media.image import is_image

    if options.synthetic and (options.consent is not None or options.name is not None):
        raise typer.BadParameter("footage either shows a person who agreed (--name) or is AI-generated (--synthetic)")
    if options.consent is not None and not (options.name and options.name.strip()):
        raise typer.BadParameter("--consent needs the person's full name: --name")
    if options.consent is not None and is_image(options.consent):
        raise typer.BadParameter("--consent is the recording of the spoken statement; this is a picture")
    for given, option in ((options.phrase, "--phrase"), (options.language, "--language")):
        if given is not None and options.name is None:
            raise typer.BadParameter(f"{option} belongs to --name: it is about the spoken statement")
    if options.picture_rights and (options.synthetic or options.name is not None or options.consent is not None):
        raise typer.BadParameter("--picture-rights is for a picture: neither consent nor another origin goes with it")
    if options.reviewed and not options.is_about_consent:
        raise typer.BadParameter("--reviewed belongs to --name or --synthetic")


def _declared(options: Options, who: str) -> tuple[Declaration, ...]:
    from countenance.consent.declaration import AI_GENERATED, LIKENESS, PICTURE_RIGHTS, declare

    given = (
        (options.synthetic, AI_GENERATED),
        (options.picture_rights, PICTURE_RIGHTS),
        (options.accept_responsibility, LIKENESS),
    )
    return tuple(declare(declaration, who) for is_given, declaration in given if is_given)
