"""The pages of help say what the code does: every rule, every case, every answer, under an address of its own."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from countenance.api.errors import RULES as API
from countenance.consent.declaration import IDS, wording_of
from countenance.consent.policy import requirement
from countenance.consent.rules import RULES as CONSENT
from countenance.consent.statement import statement_for
from countenance.footage.guidelines import groups
from countenance.portal.help import guidelines
from countenance.portal.help.catalogue import ROOMS, limit_of, rules_by_id
from countenance.portal.help.drawings import DRAWINGS
from countenance.portal.help.question import pieces
from countenance.portal.help.questions import SUBJECTS
from countenance.portal.routes import help as pages
from countenance.portal.routes import static
from countenance.server.installation import installation
from countenance.service.errors import RULES as SERVICE
from countenance.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PATHS = ("/help", "/help/guidelines", "/help/errors", "/help/questions")
QUESTIONS = [question for subject in SUBJECTS for question in subject.questions]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody without an account, who looks at help."""
    settings = Settings().model_copy(
        update={"data_dir": tmp_path_factory.mktemp("help"), "organisation": "Acme & Sons"}
    )
    with installation(settings) as service:
        app = FastAPI()
        app.state.service = service
        app.include_router(pages.router)
        app.include_router(static.router)
        yield TestClient(app)


@pytest.fixture(scope="module")
def texts(reader: TestClient) -> dict[str, str]:
    """The pages by their paths."""
    answers = {path: reader.get(path) for path in PATHS}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(PATHS, 200)
    return {path: answer.text for path, answer in answers.items()}


def ids(text: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', text)


def words(text: str) -> str:
    """What a reader sees, on one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", text)))


@pytest.mark.parametrize("path", PATHS)
def test_an_id_is_used_once(texts: dict[str, str], path: str) -> None:
    assert [each for each, times in Counter(ids(texts[path])).items() if times > 1] == []


def test_every_rule_has_its_place_among_the_messages(texts: dict[str, str]) -> None:
    entries = dict(re.findall(r'<li id="([^"]+)">(.*?)</li>', texts["/help/errors"], re.DOTALL))
    assert entries.keys() == rules_by_id().keys()
    assert {rule.id for rule in (*API, *SERVICE)} < entries.keys()
    for id_, rule in rules_by_id().items():
        told = words(entries[id_])
        for part in (rule.severity.value, rule.title, rule.remedy, limit_of(rule), rule.id):
            assert part.replace("`", "") in told, "code is drawn as code"


def test_a_rule_belongs_to_one_room() -> None:
    assert len(rules_by_id()) == sum(len(room.rules) for room in ROOMS)
    assert not {room.id for room in ROOMS} & rules_by_id().keys()


def test_guidelines_have_every_rule_for_material_with_its_limit(texts: dict[str, str]) -> None:
    text = texts["/help/guidelines"]
    entries = dict(re.findall(r'<li id="([^"]+)">(.*?)</li>', text, re.DOTALL))
    wanted = [rule for group in groups() for rule in group.rules]
    assert {rule.id for rule in wanted} < entries.keys()
    assert {rule.id for rule in CONSENT} - entries.keys() == {rule.id for rule in guidelines.OF_THE_OPERATOR}
    for rule in wanted:
        told = words(entries[rule.id])
        assert rule.title in told
        assert rule.remedy in told
        assert rule.how in told
        assert limit_of(rule) in told
    for group in groups():
        assert re.sub(r"\s+", " ", group.asked) in words(text)


def test_every_drawing_stands_beside_the_rules_that_it_illustrates(texts: dict[str, str]) -> None:
    text = texts["/help/guidelines"]
    assert {drawing.group for drawing in DRAWINGS} <= {section.name for section in guidelines.sections()}
    for drawing in DRAWINGS:
        place = text.index(f"<h3>{drawing.title}</h3>")
        pair = text[place : text.index("</p>", place)]
        for part in (drawing.good_file, drawing.bad_file, f"Good</b> {drawing.good}", f"Not good</b> {drawing.bad}"):
            assert part in pair
        assert [rule for rule in drawing.rules if f'#{rule}"' not in pair] == []


def test_who_agrees_is_what_the_policy_asks(texts: dict[str, str]) -> None:
    text = texts["/help/guidelines"]
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    for subject, row in zip(guidelines.SUBJECTS, re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL), strict=True):
        assert guidelines.SUBJECTS[subject] in row
        cells = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
        for material, cell in zip(guidelines.MATERIALS, cells, strict=True):
            needed = requirement(material, subject)
            assert ("recorded consent" in cell) == needed.consent
            assert ("Refused" in cell) == (needed.refused is not None)
            assert re.findall(r"#declare-([a-z-]+)", cell) == list(needed.declarations)
            assert needed.refused is None or f"/help/errors#{needed.refused.id}" in cell
    told = words(text)
    assert all(wording_of(each).text in told for each in IDS)
    assert statement_for("(your full name)", Settings(organisation="Acme & Sons")).text in told


def test_every_answer_is_there_in_full(texts: dict[str, str]) -> None:
    told = words(texts["/help/questions"])
    assert len(QUESTIONS) > 30
    for question in QUESTIONS:
        assert f'id="{question.id}"' in texts["/help/questions"]
        assert question.asked.endswith("?")
        assert question.asked in told
        for paragraph in question.answer:
            assert "".join(piece for piece, _ in pieces(paragraph)) in told
            assert paragraph.count("`") % 2 == 0


def test_links_between_the_pages_lead_somewhere(texts: dict[str, str]) -> None:
    places = {path: set(ids(text)) for path, text in texts.items()}
    for path, text in texts.items():
        for page, anchor in re.findall(r'href="((?:/help[a-z/]*)?)#([^"]+)"', text):
            assert anchor in places[page or path], f"{path}: {page}#{anchor}"
        for page in re.findall(r'href="(/help[a-z/]*)[#"]', text):
            assert page in PATHS
    for question in QUESTIONS:
        for link in question.more:
            assert (ROOT / "docs" / link.doc).is_file(), link.doc


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_light_and_keeps_to_the_policy(reader: TestClient, texts: dict[str, str], path: str) -> None:
    text = texts[path]
    assert reader.head(path).status_code == 200
    assert not re.search(r'https?://(?!www\.w3\.org)[^`"<]*"|<style|\sstyle=|\son\w+=|javascript:', text)
    weight = len(text.encode())
    for source in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text)):
        loaded = reader.get(html.unescape(source))
        assert loaded.status_code == 200, source
        weight += 0 if ".svg" in source else len(loaded.content)
    assert weight < 150_000


def test_the_documentation_says_the_same() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "write_questions.py"), "--check"])
    assert done.returncode == 0, "run scripts/write_questions.py"
