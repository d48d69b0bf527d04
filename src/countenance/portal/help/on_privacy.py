"""Where data lies, who sees it, and what is left of it."""

from __future__ import annotations

from countenance.portal.help.question import Link, Question, Subject
from countenance.service.accounts.sessions import LINK_VALID, LONGEST

_DELETION = Link("Accounts, deletion and retention", "accounts.md")

PRIVACY = Subject(
    "privacy",
    "Your data",
    (
        Question(
            "where",
            "Where do faces, voices and videos lie?",
            (
                "On the machine on which this server runs, in files that only its account can read; or in the "
                "database and the store of files that its operator has named. No picture, sound or measurement is "
                "sent to anybody else, and no service is asked for anything.",
                "What leaves the machine is what was set up to leave it: e-mails and webhooks, a speech service if "
                "the operator has named one (it gets the scripts), and, where you give an address instead of a file, a "
                "request to that address.",
            ),
            (Link("The service", "service.md"),),
        ),
        Question(
            "who-sees",
            "Who can see my replicas?",
            (
                "Your workspace. It sees nothing of any other, and each key may do only what its role allows. Links "
                "to pictures and videos are signed and end after a time; whoever has one can open it until then. "
                "Every access to a face or a voice is written down.",
            ),
            (_DELETION,),
        ),
        Question(
            "deleting",
            "What does deleting a replica erase?",
            (
                "Deleted, a replica can no longer be used, seen or listed, and work on it stops; its files stay until "
                "it is deleted for good. Neither can be undone.",
                "Deleted for good, everything goes that shows, sounds like or names the person: footage, recordings "
                "of the consent, the replica, its pictures, the stored face, its scripts, and all videos that were "
                "made with it. The consent is taken back, and a signed record says what was deleted.",
            ),
            (_DELETION,),
        ),
        Question(
            "what-stays",
            "What stays after that?",
            (
                "Numbers and times, what it cost, the log of who did what (without names), and the signed receipt "
                "with its revocation, which holds the person’s name and what they said: it proves that all that was "
                "done until then was agreed to. The operator can delete even that.",
                "Files are deleted and not overwritten, and backups are the operator’s: keep the data on an encrypted "
                "disk.",
            ),
            (_DELETION,),
        ),
        Question(
            "footage-kept",
            "How long is my footage kept?",
            (
                "Until the replica is deleted for good, or for as many days after the training as the operator or "
                "the workspace has set. A trained replica does not need it to speak. Uploads from which nothing was "
                "made are deleted after a week.",
            ),
            (_DELETION,),
        ),
        Question(
            "trained-on",
            "Is my footage used to train anything else?",
            (
                "No. A replica is learned from its own footage alone, and nothing else is learned from that footage.",
                "One thing is kept beside it: of whoever agreed, numbers that describe the face, so that nobody can "
                "pass that face off as AI-generated under another account. They go when the consent is taken back.",
            ),
            (Link("Stored faces", "consent-policy.md"),),
        ),
    ),
)

USING = Subject(
    "using",
    "Using these pages",
    (
        Question(
            "phone",
            "Do these pages work on a telephone?",
            (
                "Yes, and with a keyboard alone, and with a screen reader. To record with the camera the address has "
                "to begin with `https://`.",
            ),
        ),
        Question(
            "signed-out",
            "Why do I have to sign in again?",
            (
                "Because the page was quiet for longer than the operator allows (12 hours unless they chose "
                f"otherwise), because {LONGEST.days} days have passed, or because the key with which you signed in "
                "has ended or was revoked. Nothing that was saved is lost.",
                "Without a key at hand: on the server’s machine, `countenance keys link` prints a link that signs you "
                f"in once, within {LINK_VALID.total_seconds() / 60:.0f} minutes.",
            ),
            (Link("Keys", "accounts.md", "/keys"),),
        ),
        Question(
            "programs",
            "Can a program do all this?",
            (
                "Yes: pages, commands and the Python client use the same HTTP API, with the same keys. It is "
                "compatible with Tavus’s, so that programs written for that work unchanged.",
            ),
            (Link("The HTTP API", "api.md"), Link("The Python client", "client.md")),
        ),
    ),
)
