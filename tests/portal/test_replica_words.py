"""What the page of a replica says of figures, of a statement that was heard, of steps, of footage, and of its past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from countenance.footage import portrait_rules, rules
from countenance.media.errors import NO_AUDIO
from countenance.portal.figures import TOO_SHORT, figures
from countenance.portal.footage_report import FOOTAGE, FORECLOSED, PICTURE, footage_report
from countenance.portal.heard import compared
from countenance.portal.history import lasted, moments, paid
from countenance.portal.stages import phase, stages
from countenance.portal.standing import told_of
from countenance.service.db.tables import ConsentRequest, CreditHold, Job, Replica
from countenance.wire.problem import FindingBody
from countenance.wire.replicas import ConsentBody, ReplicaBody

_NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_GOOD = {
    "gap_correlation_in_speech": 0.851,
    "gap_correlation_by_chance": 0.02,
    "closure": 0.86,
    "closure_real": 0.86,
    "closure_by_chance": 0.14,
    "closures": 34.0,
    "lag_frames": 0.2,
    "sharpness_ratio": 0.93,
    "flicker_ratio": 1.03,
    "seam_ratio": 0.98,
    "movement_in_silence": 0.06,
}
_VOICE = {"used": True, "similarity_stock": 0.25, "similarity_personal": 0.73, "similarity_real": 0.95,
          "wer_stock": 0.004, "wer_personal": 0.03}  # fmt: skip


def _words(metrics: dict[str, Any], *, has_voice: bool = True) -> dict[str, str]:
    return {each.id: each.word for each in figures(metrics, has_voice=has_voice)}


def test_good_figures_are_told_as_good_and_bad_ones_as_bad() -> None:
    good = figures({**_GOOD, "voice": _VOICE}, has_voice=True)
    assert {each.tone for each in good} == {"good"}
    assert next(each.measured for each in good if each.id == "lips-close").startswith("86%, filmed 86%; at other")
    bad = _words(
        {**_GOOD, "gap_correlation_in_speech": 0.2, "closure": 0.4, "sharpness_ratio": 0.4, "flicker_ratio": 1.6,
         "lag_frames": -5.0, "seam_ratio": 1.5, "movement_in_silence": 0.6}
    )  # fmt: skip
    assert bad["lips-follow"] == "Poorly"
    assert bad["lips-close"] == "Clearly less often"
    assert (bad["sharpness"], bad["steadiness"]) == ("Softer", "A little restless")
    assert (bad["in-step"], bad["seam"], bad["rests"]) == ("No", "One may be seen", "They move")


def test_what_cannot_be_told_is_said_so() -> None:
    assert figures(None, has_voice=True) == figures({}, has_voice=True) == ()
    little = _words({"sharpness_ratio": 1.0, "closure": 1.0, "closure_real": 1.0, "closures": 3.0})
    assert {little[each] for each in ("lips-follow", "lips-close", "in-step", "rests", "seam")} == {TOO_SHORT}
    assert little["voice-likeness"] == "Not measured"
    assert _words(_GOOD, has_voice=False)["voice-likeness"] == "It speaks with a stock voice"
    assert all(0.0 <= (each.share or 0.0) <= 1.0 for each in figures({**_GOOD, "closure": 9.0}, has_voice=True))


def test_a_statement_that_was_heard_is_compared_word_by_word() -> None:
    asked = "My name is Ada Winter. I give my consent to Countenance."
    for said in ("my name is ada winter i give my consent to countenance",
                 "My name is Ada Vinter. I give my consent to Countenance."):  # fmt: skip
        assert {each.mark for each in compared(asked, said)} == {"same"}
    pieces = compared(asked, "my name is ada winter i never give consent to countenance")
    assert [(each.text, each.mark) for each in pieces if each.mark != "same"] == [("never", "other"), ("my", "missing")]
    assert [each.mark for each in compared(asked, "hello")] == ["missing", "other"]


def _body(**fields: Any) -> ReplicaBody:
    plain: dict[str, Any] = {
        "replica_id": "r1", "replica_name": "Ada", "status": "started", "training_progress": "0/100",
        "created_at": _NOW.isoformat(), "updated_at": _NOW.isoformat(), "replica_type": "user", "model_name": "m",
        "material": "footage", "subject": "self", "language": "en", "stage": "queued", "standing": "waiting",
        "preview_ready": False, "has_voice": False, "credits_used": 0, "heartbeat": None,
    }  # fmt: skip
    return ReplicaBody.model_validate({**plain, **fields})


@pytest.mark.parametrize(
    ("fields", "expected", "seen"),
    [
        ({}, ["waits", "next", "next", "next"], "begun"),
        (
            {"stage": "waiting for consent", "consent": ConsentBody(required=True, request_state="open")},
            ["waits", "next", "next", "next", "next"],
            "consent-open",
        ),
        ({"stage": "check footage", "standing": "working", "training_progress": "5/100"},
         ["now", "next", "next", "next"], "begun"),
        ({"stage": "watch", "standing": "working", "training_progress": "40/100"},
         ["done", "now", "next", "next"], "checked"),
        ({"stage": "waiting for review"}, ["done", "waits", "next", "next", "next"], "review"),
        ({"stage": "refine", "standing": "working", "training_progress": "80/100", "status": "completed",
          "finetune_status": "training", "preview_ready": True}, ["done", "done", "now", "next"], "preview"),
        ({"stage": "measure", "standing": "working", "training_progress": "97/100", "status": "completed",
          "finetune_status": "training", "preview_ready": True}, ["done", "done", "done", "now"], "preview"),
        ({"stage": "", "standing": "done", "status": "completed", "finetune_status": "completed",
          "preview_ready": True}, ["done"] * 4, "ready"),
        ({"stage": "", "standing": "done", "status": "completed", "finetune_status": "errored",
          "preview_ready": True}, ["done", "done", "failed", "next"], "preview_only"),
        ({"stage": "", "standing": "done", "status": "error"}, ["failed", "next", "next", "next"], "failed"),
        ({"stage": "queued", "material": "image", "training_progress": "17/100"},
         ["done", "waits", "next", "next"], "checked"),
    ],
)  # fmt: skip
def test_steps_are_behind_at_hand_or_to_come(fields: dict[str, Any], expected: list[str], seen: str) -> None:
    body = _body(**fields)
    if body.standing == "working":
        body = body.model_copy(update={"heartbeat": _NOW.isoformat()})
    told = told_of(body, _NOW, 30.0)
    assert [each.state for each in stages(body, told)] == expected
    assert phase(body, told) == seen


@pytest.mark.parametrize(("material", "about"), [("footage", "who agreed"), ("synthetic", "what it is made from")])
def test_a_doubt_is_about_what_there_is(material: str, about: str) -> None:
    told = told_of(_body(stage="waiting for review", material=material), _NOW, 30.0)
    assert told.note == f"The check left a doubt about {about}. Somebody has to look and listen."


@pytest.mark.parametrize(("topics", "found"), [(FOOTAGE, rules.RULES), (PICTURE, portrait_rules.RULES)])
def test_what_is_looked_at_has_a_topic_and_no_topic_is_made_up(topics: Any, found: Any) -> None:
    ours = {rule.id.partition(".")[2] for rule in found if rule.id.startswith(("footage.", "portrait."))}
    told = [rule for rules_of in topics.values() for rule in rules_of]
    assert sorted(told) == sorted(ours)


def test_findings_are_shown_where_they_are_in_the_footage() -> None:
    report = {"duration_s": 20.0, "speech_s": 9.0, "usable": [[0.0, 10.0]], "best": None, "video": {"width": 1280}}
    report["video"] = {"width": 1280, "height": 720, "fps": 25.0}
    finding = FindingBody(
        rule="footage.second_person", severity="error", title="Two.", message="Two.", spans=[(5.0, 7.0), (19.99, 20.0)]
    )
    shown = footage_report({"report": report}, [finding])
    assert shown is not None
    assert [lane.title for lane in shown.lanes] == ["Can be used", "Two."]
    first, second = shown.lanes[1].marks
    assert (first.x, first.width, first.words) == (25.0, 10.0, "00:05 to 00:07")
    assert second.words == "00:19", "a moment has one time"
    assert second.x + second.width == pytest.approx(100.0)
    assert "One person, alone" not in shown.fine
    assert len(shown.fine) == len(FOOTAGE) - 1
    assert footage_report(None, []) is None


@pytest.mark.parametrize(
    ("rule", "report", "untold", "fine"),
    [
        ("footage.silent", {}, ["Clear sound", "Listening with closed lips", "Sound and lips together"], "Light"),
        ("media.no_audio", {}, ["Clear sound", "Speech"], "Face to the camera"),
        ("footage.no_face", {}, ["Light", "Face to the camera", "Distance and framing", "Speech"], "Clear sound"),
        ("portrait.no_face", {"faces": []}, ["Light", "One person, alone", "Sharp"], "File and size"),
        ("footage.hum", {}, [], "Speech"),
    ],
)
def test_what_could_not_be_judged_is_not_fine(rule: str, report: dict[str, Any], untold: list[str], fine: str) -> None:
    finding = FindingBody(rule=rule, severity="error", title="It is.", message="It is.")
    shown = footage_report({"report": {"duration_s": 0.0, **report}}, [finding])
    assert shown is not None
    assert set(untold) <= set(shown.untold)
    assert set(shown.fine).isdisjoint(shown.untold)
    assert fine in shown.fine
    assert bool(shown.untold) == bool(untold)


def test_what_forecloses_a_judgement_is_a_rule_of_it() -> None:
    topics = {**FOOTAGE, **PICTURE}
    known = {rule.id.partition(".")[2] for rule in (*rules.RULES, *portrait_rules.RULES, NO_AUDIO)}
    assert FORECLOSED.keys() <= topics.keys()
    assert {each for names in FORECLOSED.values() for each in names} <= known


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("number(14.18)", "14.2"),
        ("number(1280.0)", "1280"),
        ("number(0.0123)", "0.0123"),
        ("number('h263')", "h263"),
        ("counted(1.0, 'parts of the face')", "1 part of the face"),
        ("counted(2.0, 'parts of the face')", "2 parts of the face"),
        ("counted(14.18, '%')", "14.2 %"),
        ("counted('h263', 's')", "h263"),
        ("unit_again('% of the time')", "%"),
        ("unit_again('parts of the face')", "parts of the face"),
        ("bound(5, 8)", "at least"),
        ("bound(9, 8)", "at most"),
        ("bound(-150, 100)", "limit"),
        ("stretch(9.1, 9.9)", "00:09"),
        ("stretch(9.1, 75.0)", "00:09–01:15"),
    ],
)
def test_measures_are_told_in_plain_numbers(call: str, said: str) -> None:
    templates = Environment(loader=PackageLoader("countenance.portal"), undefined=StrictUndefined, autoescape=True)
    name = call.partition("(")[0]
    template = templates.from_string(f"{{% from 'macros.html' import {name} %}}{{{{ {call} }}}}")
    assert template.render().strip() == said


def test_the_past_is_told_the_latest_first_with_how_long_it_took() -> None:
    def at(minutes: float) -> datetime:
        return _NOW + timedelta(minutes=minutes)

    replica = Replica(id="r1", created_at=at(0), preview_at=at(40), completed_at=at(55), status="completed")
    job = Job(id="j1", started_at=at(31), state="done", finished_at=at(55))
    asked = ConsentRequest(id="c", state="recorded", created_at=at(1), answered_at=at(30))
    told = moments(replica, job, [asked], [])
    assert [each.words for each in told] == [
        "Complete",
        "The preview could speak",
        "A worker began with it",
        "The person agreed by the link",
        "The person was asked by a link",
        "Asked for",
    ]
    assert (told[0].took, told[1].took, told[3].took) == ("15 min", "9 min", "29 min")
    assert [lasted(at(0), at(each)) for each in (0, 0.5, 30, 300, 5000)] == ["", "30 s", "30 min", "5 h", "3 days"]


def test_what_it_costs_is_told_by_its_hold() -> None:
    def told(state: str, captured: int = 0) -> str:
        found = paid(CreditHold(id="j1", amount=1, captured=captured, state=state, reason="completed"))
        assert found is not None
        return found.words

    assert (told("held"), told("captured", 1)) == ("1 training is held", "1 training was used")
    assert told("released") == "No credit was charged"
    assert paid(None) is None
