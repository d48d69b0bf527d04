"""What a workspace may have so many of: also where several ask for the last one at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError, Rule
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.dictionaries import book
from countenance.service.dictionaries.errors import DICTIONARIES_TOO_MANY
from countenance.service.notify import endpoints
from countenance.service.notify.errors import ENDPOINTS_TOO_MANY
from countenance.service.tasks.sources import MediaRef
from countenance.service.uploads import begin, report
from countenance.service.uploads.errors import REPORTS_OPEN, UPLOADS_OPEN
from countenance.service.videos import transcriptions
from countenance.service.videos.errors import TRANSCRIPTIONS_OPEN
from countenance.voice.pronunciation import parse

_SOUND = transcriptions.NewTranscription(MediaRef(url="https://sounds.example/a.wav"))
_LISTENING_S = 0.3


def _reported(session: Session, service: Service, workspace_id: str) -> object:
    upload = begin.create(session, service, workspace_id, "a.mp4", 1)
    upload.state, upload.media, upload.expires_at = "complete", {"kind": "video"}, now() + timedelta(days=1)
    session.flush()
    return report.ask(session, service, workspace_id, upload.id)


Ask = Callable[[Session, Service, str], object]
_ASKED: list[tuple[Rule, Ask]] = [
    (TRANSCRIPTIONS_OPEN, lambda session, service, mine: transcriptions.create(session, service, mine, _SOUND)),
    (UPLOADS_OPEN, lambda session, service, mine: begin.create(session, service, mine, "a.mp4", 1)),
    (REPORTS_OPEN, _reported),
    (ENDPOINTS_TOO_MANY, lambda session, _, mine: endpoints.create(session, mine, "https://hooks.example/")),
    (DICTIONARIES_TOO_MANY, lambda session, _, mine: book.create(session, mine, parse({"name": "d", "rules": []}))),
]


@pytest.mark.parametrize(("rule", "ask"), _ASKED, ids=lambda each: each.id if isinstance(each, Rule) else "")
def test_two_who_ask_at_once_have_no_more(service: Service, workspace: str, rule: Rule, ask: Ask) -> None:
    def another() -> None:
        with service.database.transaction() as session:
            ask(session, service, workspace)

    with service.database.transaction() as session:
        for _ in range(round(rule.limit or 0) - 1):
            ask(session, service, workspace)
    with ThreadPoolExecutor(1) as pool:
        with service.database.transaction() as session:
            ask(session, service, workspace)
            second = pool.submit(another)
            wait([second], timeout=_LISTENING_S)
        with pytest.raises(CountenanceError) as caught:
            second.result(timeout=30)
    assert caught.value.finding.rule is rule
