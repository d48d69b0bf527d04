"""Write docs/errors.md from the rules of all rooms.

`python scripts/write_error_catalogue.py` writes it, `--check` only says whether it is up to date (exit code 1 if not).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from countenance.api.errors import RULES as API
from countenance.cli.errors import RULES as CLI
from countenance.client.errors import RULES as CLIENT
from countenance.consent.claim_rules import RULES as CLAIM
from countenance.consent.liveness_rules import RULES as LIVENESS
from countenance.consent.receipt_rules import RULES as RECEIPT
from countenance.consent.rules import RULES as CONSENT
from countenance.engine.archive_rules import RULES as ARCHIVE
from countenance.engine.errors import RULES as ENGINE
from countenance.engine.external.errors import RULES as EXTERNAL
from countenance.engine.mark_rules import RULES as MARK
from countenance.errors import Rule
from countenance.footage.portrait_rules import RULES as PORTRAIT
from countenance.footage.rules import RULES as FOOTAGE
from countenance.media.credential_rules import RULES as CREDENTIALS
from countenance.media.errors import RULES as MEDIA
from countenance.people.errors import RULES as PEOPLE
from countenance.portrait.errors import RULES as SPEAKING_PICTURE
from countenance.server.errors import RULES as SERVER
from countenance.service.accounts.errors import RULES as ACCOUNTS
from countenance.service.consent_requests.errors import RULES as CONSENT_REQUESTS
from countenance.service.credits.errors import RULES as CREDITS
from countenance.service.db.errors import RULES as DATABASE
from countenance.service.dictionaries.errors import RULES as DICTIONARIES
from countenance.service.errors import RULES as SERVICE
from countenance.service.fetch.errors import RULES as FETCH
from countenance.service.jobs.errors import RULES as JOBS
from countenance.service.notify.errors import RULES as NOTIFY
from countenance.service.objects.errors import RULES as OBJECTS
from countenance.service.replicas.errors import RULES as REPLICAS
from countenance.service.uploads.errors import RULES as UPLOADS
from countenance.service.videos.errors import RULES as VIDEOS
from countenance.stock.errors import RULES as STOCK
from countenance.voice.errors import RULES as VOICE
from countenance.warrant_rules import RULES as WARRANT

TARGET = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

ROOMS: tuple[tuple[str, str, Sequence[Rule]], ...] = (
    ("Files", "What can be wrong with a file before anyone looks at what it shows.", MEDIA),
    ("Content credentials", "What can be wrong with signing videos, and with what signed videos say.", CREDENTIALS),
    ("Footage", "What is asked of a recording that is to train a replica.", FOOTAGE),
    ("Pictures", "What is asked of a still picture that is to become a replica.", PORTRAIT),
    ("Consent", "What is asked of the recording in which the person agrees.", (*CONSENT, *LIVENESS)),
    ("Who needs to agree", "Whose likeness may be used, and whether the claim AI-generated holds.", CLAIM),
    ("Receipts", "What can be wrong with the signed record of a consent, and with keys.", RECEIPT),
    ("Models", "What can be wrong with the models that measure people, and with material too poor for them.", PEOPLE),
    ("Voices", "What can be wrong with a script that is to be spoken.", VOICE),
    ("Engine", "What can go wrong in training and in speaking.", (*ENGINE, *ARCHIVE, *MARK)),
    ("External engines", "What can go wrong with an engine in a process of its own.", EXTERNAL),
    ("Speaking pictures", "What can keep a picture from being animated, or makes it less natural.", SPEAKING_PICTURE),
    ("Synthetic people", "What rendering people who do not exist needs.", STOCK),
    ("Warrants", "What can keep a training from going on where a check ended.", WARRANT),
    ("Service", "What can be wrong with a request, and with the server.", (*SERVICE, *API, *DATABASE, *JOBS, *SERVER)),
    ("Accounts", "What can be wrong with who asks, from where, and how often.", ACCOUNTS),
    ("Credits", "What can be wrong with paying.", CREDITS),
    ("Replicas and videos", "What can be wrong with what is asked for.", (*REPLICAS, *VIDEOS, *DICTIONARIES)),
    ("Consent by link", "What can be wrong with a link that asks a person to agree.", CONSENT_REQUESTS),
    ("Media from elsewhere", "What can be wrong with URLs, uploads and stored files.", (*FETCH, *UPLOADS, *OBJECTS)),
    ("Notifications", "What can be wrong with webhooks and e-mails.", NOTIFY),
    ("Client", "What can be wrong with talking to a server.", CLIENT),
    ("Command line", "What can be wrong with a command.", CLI),
)

_INTRODUCTION = """\
# Errors, warnings and hints

Every problem that Countenance reports has an id from this catalogue. An **error** stops the work, a **warning** lowers
the quality or asks for a human's look, a **hint** is advice. The limit is what the measured value was held against;
whether it is a floor or a ceiling the sentence says. Where Tavus's API has a type for the same problem, it stands in
the last column.

This page is written by `scripts/write_error_catalogue.py`; change the rules in the code and run it.
"""


def catalogue() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *(_section(title, text, rules) for title, text, rules in ROOMS)])


def _section(title: str, text: str, rules: Sequence[Rule]) -> str:
    head = (
        "| id | severity | what it means | limit | how it is measured | what to do | Tavus |\n"
        "| --- | --- | --- | --- | --- | --- | --- |"
    )
    return "\n".join([f"## {title}", "", text, "", head, *map(_row, rules), ""])


def _row(rule: Rule) -> str:
    limit = "" if rule.limit is None else f"{_number(rule.limit)} {rule.unit}".strip()
    tavus = f"`{rule.tavus_type}`" if rule.tavus_type else ""
    cells = (f"`{rule.id}`", rule.severity.value, rule.title, limit, rule.how, rule.remedy, tavus)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    if parser.parse_args().check:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == catalogue() else 1
    TARGET.write_text(catalogue(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
