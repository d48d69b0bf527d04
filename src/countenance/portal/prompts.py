"""What a person reads aloud, and then does, while the footage for a replica is recorded."""

from __future__ import annotations

from typing import Any

SPEAKING_S, LISTENING_S, STATEMENT_S = 60, 30, 25
"""How long each part takes at an easy pace."""

SPEAKING = """\
Good morning. I am glad that you found the time. Before we begin, take a breath and make yourself comfortable. \
My week began with a small adventure. I went to the market by the harbour to buy plums, bread and a bunch of basil, \
and came back with a blue umbrella and a very large map of Portugal. The woman at the booth told me about the village \
where she grew up: white houses, a church bell that is always five minutes late, and boys who jump from the bridge \
every summer. I usually do not buy things on impulse, but her voice was such a pleasure. Perhaps both of us will go \
there one day. Thank you for listening. Now it is your turn: what would you choose to show me first?"""
"""A text with every sound of English, and with lips that meet often (b, m, p), in plain words."""

LISTENING = """\
Stop speaking. Close your lips, look into the camera, and listen, as if a friend told you something. \
A small nod or a blink is fine. Stay like this until the bar is full."""


def training_prompts() -> list[dict[str, Any]]:
    """For the recorder: a speaking part and a listening part, JSON-ready."""
    return [
        {"title": "Speak, as you would to a friend", "text": SPEAKING, "language": "en", "seconds": SPEAKING_S},
        {"title": "Now listen", "text": LISTENING, "language": "en", "seconds": LISTENING_S, "listen": True},
    ]
