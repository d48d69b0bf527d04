"""Footage: what is good, and why it may be refused."""

from __future__ import annotations

from countenance.footage.file_rules import TOO_SHORT
from countenance.media.errors import FILE_TOO_LARGE, TOO_LONG
from countenance.portal.help.question import ERRORS, GUIDELINES, Question, Subject

RECORDING = Subject(
    "recording",
    "Recording",
    (
        Question(
            "how-long",
            "How long should a recording be?",
            (
                "A minute or more in one take: half a minute of natural speech, then half a minute of listening with "
                f"closed lips. Less than {TOO_SHORT.limit:.0f} s is refused, as is more than "
                f"{(TOO_LONG.limit or 0) / 60:.0f} minutes or {FILE_TOO_LARGE.limit:.0f} MB, unless the operator "
                "has set other limits. Of long recordings the three minutes that teach most are used.",
            ),
            (GUIDELINES,),
        ),
        Question(
            "listening",
            "Why should I listen in silence?",
            (
                "A replica can only do what it has seen. Without a quiet part it does not know your face at rest, and "
                "its mouth may move where it says nothing. It works without, but less well.",
            ),
            (GUIDELINES,),
        ),
        Question(
            "why-refused",
            "Why was my video refused?",
            (
                "The report says it: which rule was broken, at what time, what was measured against which limit, with "
                "a picture of the place, and what to do. An error has to be mended before training. A warning costs "
                "quality: where single parts are at fault they are left out, and training goes on with the rest. A "
                "hint is advice.",
                "You can have footage checked as often as you like before anything is paid for.",
            ),
            (GUIDELINES, ERRORS),
        ),
        Question(
            "phone-camera",
            "Is the camera of a telephone good enough?",
            (
                "Yes. Put it on a stand at the height of your eyes, lay it across, and choose 1920 x 1080. MP4, MOV "
                "and WebM are taken. Bring the original and not a copy that went through a messenger: those are "
                "compressed so much that detail is lost.",
            ),
            (GUIDELINES,),
        ),
        Question(
            "browser-camera",
            "Why does the browser not let me record?",
            (
                "Browsers give pages a camera and a microphone only where you allow it, and only if the address "
                "begins with `https://` or is that of your own machine. Look for the camera in the address bar and "
                "allow it. Where that is not possible, record with another program and upload the file.",
            ),
        ),
        Question(
            "spoken-language",
            "Which language should I speak in the footage?",
            (
                "Any: what the mouth does is learned from the sound and not from words. English has two advantages. "
                "The person’s own voice is learned only from English; without it the replica speaks scripts with a "
                "stock voice. And lips close most exactly at p, b and m where the words are understood.",
            ),
        ),
    ),
)
