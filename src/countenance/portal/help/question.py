"""What a question and its answer are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Where more is told."""

    words: str
    doc: str
    """A page of the documentation, from the folder `docs`."""
    page: str = ""
    """A page of a server; empty where only the documentation tells more."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that people ask, and its answer."""

    id: str
    """Its anchor."""
    asked: str
    answer: tuple[str, ...]
    """Paragraphs; what stands between backticks is code."""
    more: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Questions on one subject."""

    id: str
    title: str
    questions: tuple[Question, ...]


GUIDELINES = Link("What makes a good recording", "footage-guidelines.md", "/help/guidelines")
ERRORS = Link("Every message, and what to do", "errors.md", "/help/errors")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A paragraph in pieces, each with whether it is code."""
    for number, piece in enumerate(text.split("`")):
        if piece:
            yield piece, number % 2 == 1
