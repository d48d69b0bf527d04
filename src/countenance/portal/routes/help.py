"""Help, for everybody: guidelines, the error catalogue, questions and answers."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from countenance.api.context import service_of
from countenance.consent.statement import statement_for
from countenance.portal.help.drawings import drawings_of
from countenance.portal.help.question import pieces
from countenance.portal.help.questions import SUBJECTS
from countenance.portal.page import public_page

router = APIRouter()
_FREQUENT = ("why-refused", "failed-training", "who-agrees", "consent-by-link", "how-long-training", "deleting")


@router.api_route("/help", methods=["GET", "HEAD"])
def index(request: Request) -> Response:
    """Where to find what."""
    by_id = {question.id: question for subject in SUBJECTS for question in subject.questions}
    frequent = [by_id[each] for each in _FREQUENT]
    return public_page(request, "help/index.html", frequent=frequent)


@router.api_route("/help/guidelines", methods=["GET", "HEAD"])
def guidelines(request: Request) -> Response:
    """What makes a good recording, a good picture and a good consent, drawn, with every rule that checks for it."""
    from countenance.portal.help import (
        catalogue,
        guidelines,
    )  # loads what measures people; an idle server has none of it

    sections, cases = guidelines.sections(), guidelines.who_agrees()
    return public_page(
        request,
        "help/guidelines.html",
        sections=sections,
        listed={rule.id for section in sections for rule in section.rules},
        drawings_of=drawings_of,
        rules=catalogue.rules_by_id(),
        limit_of=catalogue.limit_of,
        cases=cases,
        declared=guidelines.declared(cases),
        materials=guidelines.MATERIALS,
        subjects=guidelines.SUBJECTS,
        meanings=guidelines.MEANINGS,
        statement=statement_for("(your full name)", service_of(request).settings).text,
    )


@router.api_route("/help/errors", methods=["GET", "HEAD"])
def errors(request: Request) -> Response:
    """Every rule, at its id."""
    from countenance.portal.help import catalogue  # as above

    return public_page(request, "help/errors.html", rooms=catalogue.ROOMS, limit_of=catalogue.limit_of)


@router.api_route("/help/questions", methods=["GET", "HEAD"])
def questions(request: Request) -> Response:
    """Questions and answers."""
    return public_page(request, "help/questions.html", subjects=SUBJECTS, pieces=pieces)
