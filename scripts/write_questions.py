"""Write docs/questions.md from the questions and answers of the help pages.

`python scripts/write_questions.py` writes it, `--check` only says whether it is up to date (exit code 1 if not).
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from countenance.portal.help.question import Question, Subject
from countenance.portal.help.questions import SUBJECTS

TARGET = Path(__file__).resolve().parents[1] / "docs" / "questions.md"

_WIDTH = 120
_INTRODUCTION = """\
# Questions and answers

What people ask before and after they make a replica. A server shows the same at `/help/questions`.

This page is written by `scripts/write_questions.py`; change the answers in `src/countenance/portal/help` and run it.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *map(_subject, SUBJECTS)])


def _subject(subject: Subject) -> str:
    return "\n".join([f"## {subject.title}", "", *map(_question, subject.questions)])


def _question(question: Question) -> str:
    parts = [f"### {question.asked}", *map(_wrapped, question.answer)]
    if question.more:
        more = ", ".join(f"[{link.words}]({link.doc})" for link in question.more)
        parts.append(_wrapped(f"More: {more}."))
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    if parser.parse_args().check:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == page() else 1
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
