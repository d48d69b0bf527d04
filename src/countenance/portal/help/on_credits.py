"""What things cost, and what they do not."""

from __future__ import annotations

from countenance.portal.help.question import ERRORS, Link, Question, Subject
from countenance.service.videos.wanted import LONGEST_AUDIO_S

_BOOKS = Link("How credits are counted", "credits.md", "/credits")

CREDITS = Subject(
    "credits",
    "Credits and errors",
    (
        Question(
            "cost",
            "What does a replica cost, and a video?",
            (
                "A replica costs one training, once. The credit is held when you ask for the replica and spent in the "
                "moment in which it is complete, never before.",
                "A video, or a film that is given other words, costs its length in seconds, rounded up. More is held "
                "while it is made (for a script the longest it could take, for a recording from an address up to "
                f"{LONGEST_AUDIO_S // 60} minutes), and what was not needed comes back. Checks of footage and "
                "transcriptions cost nothing.",
            ),
            (_BOOKS,),
        ),
        Question(
            "failed-training",
            "What does a failed training cost?",
            (
                "Nothing. Whatever ends a training before its replica is complete gives the credit back at once: "
                "footage that is not good enough, a consent that was refused or not given in time, a fault of this "
                "software, a machine that broke down.",
                "If a preview was made and only its refinement failed, the preview goes on speaking, and that is free "
                "too.",
            ),
            (_BOOKS, ERRORS),
        ),
        Question(
            "deleted-training",
            "I deleted a replica while it was training, or just as it failed. Is the credit lost?",
            (
                "No. The credit belongs to the work and not to the replica: it comes back when the work ends without "
                "a complete replica, whatever was deleted, and in whatever second.",
                "One exception is the operator’s to make: that a healthy training costs its credit although its owner "
                "stopped it. Unless they chose so, that is free too.",
            ),
            (_BOOKS,),
        ),
        Question(
            "statement",
            "Can I see what was charged for what?",
            (
                "Yes. The statement lists every movement: granted, held, spent, released, expired, each with what it "
                "was for. Lines are only ever added, and what is available, held, spent and expired adds up to what "
                "was granted.",
            ),
            (_BOOKS,),
        ),
        Question(
            "no-credits",
            "What happens when there are not enough credits?",
            (
                "You are told at once, and nothing is begun or stored. The operator of this server grants credits; "
                "Countenance itself sells none.",
            ),
            (_BOOKS,),
        ),
    ),
)
