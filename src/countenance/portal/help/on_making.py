"""Training, and what a replica then says."""

from __future__ import annotations

from countenance.portal.help.question import Link, Question, Subject
from countenance.service.videos.wanted import LONGEST_AUDIO_S
from countenance.voice.errors import SCRIPT_TOO_LONG

_BENCHMARKS = Link("What was measured", "benchmarks.md")
_JOBS = Link("Durable work", "jobs.md")
_PROVENANCE = Link("Where a video comes from", "provenance.md")
_VOICES = Link("Voices", "voices.md")

TRAINING = Subject(
    "training",
    "Training",
    (
        Question(
            "how-long-training",
            "How long does a training take?",
            (
                "Minutes. With a minute or two of footage and two quiet processor cores a preview that can speak was "
                "there within the first minute, and the replica was complete after about four to six. A busy machine, "
                "larger pictures, or others who wait before you take longer; the page shows the stage and the time "
                "that is left.",
            ),
            (_BENCHMARKS,),
        ),
        Question(
            "gpu",
            "Does it need a graphics processor?",
            ("No. Everything runs on ordinary processors. External engines, which an operator may add, can need one.",),
            (Link("External engines", "external-engines.md"),),
        ),
        Question(
            "close-page",
            "Can I close the page while a replica is training?",
            (
                "Yes. The work is done on the server, and goes on there. Members of the workspace who want it get an "
                "e-mail when it is ready, when it fails, and when somebody has to look. If the server is restarted or "
                "breaks down, the work goes on from where it was.",
            ),
            (_JOBS, Link("E-mails and webhooks", "notifications.md", "/notifications")),
        ),
        Question(
            "stuck",
            "The percentage does not move. Is it stuck?",
            (
                "Look at the sign of life beside it. While somebody is at work it beats, however long a stage takes. "
                "If a worker has died, another one takes the work over by itself, as a rule within about a minute; "
                "you need not do anything, and it costs nothing more.",
            ),
            (_JOBS,),
        ),
        Question(
            "preview",
            "What is the difference between a preview and a complete replica?",
            (
                "A preview is learned from the best 40 seconds and can speak while the rest is learned. The complete "
                "replica takes its place under the same name, with more of the footage, finer mouths where that is "
                "installed and helps, and the person’s own voice. Videos that you ask for meanwhile are made with the "
                "preview.",
            ),
            (Link("The engine", "engine.md"),),
        ),
    ),
)

SPEAKING = Subject(
    "speaking",
    "Videos",
    (
        Question(
            "what-it-says",
            "What can a replica say?",
            (
                f"Whatever you write, up to {SCRIPT_TOO_LONG.limit:,.0f} characters at once, or a recording of your "
                f"voice of up to {LONGEST_AUDIO_S // 60} minutes. A pronunciation dictionary teaches it names and "
                "abbreviations.",
            ),
            (_VOICES,),
        ),
        Question(
            "script-languages",
            "Which languages does it speak?",
            (
                "The voices that come with Countenance speak English. The operator can add others for many languages. "
                "With a recording the replica says whatever is heard in it, in any language; outside of English its "
                "lips close a little less exactly.",
            ),
            (_VOICES,),
        ),
        Question(
            "own-voice",
            "Does it speak with the person’s own voice?",
            (
                "If the footage has enough clear English. It is a stock voice that was given the person’s pitch, "
                "tempo and timbre: nearer to the person, but not a copy of how they speak. Accent and melody remain "
                "the stock voice’s.",
            ),
            (Link("The personal voice", "personal-voice.md"),),
        ),
        Question(
            "background",
            "Can I change what is behind the person?",
            (
                "Yes, for each video: as it was filmed, transparent, a colour, a picture or another video. No green "
                "wall is needed; a plain background of another colour than hair and clothes gives the cleanest edges.",
            ),
            (Link("Backgrounds", "backgrounds.md"),),
        ),
        Question(
            "marked",
            "How can one tell that a video was made by a replica?",
            (
                "Every video carries signed content credentials (C2PA), which say that it is AI-generated, which "
                "replica speaks, and on which consent that rests. `countenance inspect` reads them, as do editors and "
                "platforms that know C2PA. The operator can also have a label put into the picture.",
                "Credentials can be removed, and many services remove them. A video without them may be anything.",
            ),
            (_PROVENANCE,),
        ),
    ),
)
