"""What a video and pictures of it say of themselves: which replica speaks, made how, on whose agreement that rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countenance.engine.upgrade import id_of
from countenance.media.credentials import Statement

_FILMED = "footage"
_WHOLE = "trainedAlgorithmicMedia"
_IN_PARTS = "compositeWithTrainedAlgorithmicMedia"


def statement_of(description: Mapping[str, Any], *, voice: str, tier: str | None = None) -> Statement:
    """The statement for a video of the replica that `description` (`replica.json`) describes.

    `voice` is whose voice is heard (a voice's id, or `recording`), `tier` how it was rendered (`preview`,
    `final`; without it, as it was trained).
    What is said cannot be told from it, not even by its hash: that of a short sentence is soon guessed.

    The whole counts as made by a trained model, which is what platforms mark as AI-generated: nobody ever said this.
    Where the replica was filmed, the pictures are also recorded ones into which a mouth was set.
    """
    consent = description.get("consent")
    receipt = consent.get("receipt") if isinstance(consent, Mapping) else None
    material = "synthetic" if description.get("synthetic") else _FILMED
    if description.get("source") == "image":  # one from a picture names its source; no other source is known
        material = "image"
    told = {
        "replica": id_of(description),
        "engine": description.get("engine"),
        "trained_with": description.get("software"),
        "material": material,
        "receipt": receipt,
        "voice": voice,
        "tier": tier or description.get("tier", "final"),
    }
    return Statement(
        (_WHOLE, _IN_PARTS) if material == _FILMED else (_WHOLE,), {key: str(told[key]) for key in told if told[key]}
    )


def statement_of_portrait(description: Mapping[str, Any]) -> Statement | None:
    """The statement for a picture of the replica itself, still or moving, with the mouth as it was.

    None where the replica was filmed: such a picture shows what a camera saw, which is not AI-generated.
    """
    statement = statement_of(description, voice="")
    return None if statement.replica["material"] == _FILMED else statement
