"""Whatever the code notes in the audit log has words on its page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import countenance
from countenance.api.routes import media
from countenance.portal.audit_words import ACTORS, DEEDS
from countenance.service.accounts import audit
from countenance.service.replicas import receipts

_LOOKS = {f"{folder.removesuffix('s')}.media.read" for folder in media._TABLES}
_COMPUTED = {
    "receipts.REVOKED": {receipts.REVOKED},
    "audit.RECEIPT_REVOKED": {audit.RECEIPT_REVOKED},
    "action": _LOOKS,  # in `media.note_look`; elsewhere it is an argument, whose own callers are counted
    "actor": set(),
    "self.actor.text": {"key"},
    "actor.text": {"key"},
}
"""What is no literal, as the code has it."""
_PLACES = {"call.note": (None, 1), "audit.record": (1, 3), "_note": (None, 3), "note_look": (3, None)}
"""Which arguments are the actor and the action."""


def _nodes() -> Iterator[ast.AST]:
    for path in Path(countenance.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        if "audit.record(" in text or "call.note(" in text or "note_look(" in text:
            yield from ast.walk(ast.parse(text))


def _said(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _said(node.body) | _said(node.orelse)
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return {str(node.values[0].value).rstrip(":")}
    return _COMPUTED.get(ast.unparse(node), {f"unknown: {ast.unparse(node)}"})


def _noted() -> tuple[set[str], set[str]]:
    """All actors, and all actions."""
    actors: set[str] = set()
    actions: set[str] = set()
    for node in _nodes():
        if isinstance(node, ast.Call) and (place := _PLACES.get(ast.unparse(node.func))):
            who, what = place
            actors |= _said(node.args[who]) if who is not None else set()
            actions |= _said(node.args[what]) if what is not None else set()
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "actor":
            actors |= _said(node.value) if isinstance(node.value, ast.JoinedStr) else set()
    return actors, actions


def test_every_action_has_words_and_all_words_are_of_actions() -> None:
    _, actions = _noted()
    assert len(actions) > 30
    assert actions == set(DEEDS)


def test_every_actor_without_a_key_has_words() -> None:
    actors, _ = _noted()
    assert actors - {"key"} == {*ACTORS} - {media._LINK}
    assert media._LINK in ACTORS
