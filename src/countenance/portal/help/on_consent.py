"""Who has to agree, how, and what may be made of whom."""

from __future__ import annotations

from countenance.consent.rules import PHRASE_EXPIRED
from countenance.footage.portrait_picture_rules import TOO_SMALL
from countenance.portal.help.question import Link, Question, Subject
from countenance.service.consent_requests.ask import VALID_FOR
from countenance.service.consent_requests.errors import REQUESTS_OPEN
from countenance.service.replicas.errors import REVIEW_MISSED

_POLICY = Link("Who needs to have agreed", "consent-policy.md", "/help/guidelines#who-agrees")
_CHECKS = Link("How a consent is checked", "consent.md", "/help/guidelines#consent")
_RECEIPTS = Link("Receipts and revocation", "consent-receipts.md")
_REPLICAS = Link("The life of a replica", "replicas.md")

CONSENT = Subject(
    "consent",
    "Consent",
    (
        Question(
            "who-agrees",
            "Who has to agree?",
            (
                "Whoever was filmed, in a recording of their own, in which they speak the statement that is shown to "
                "them. This also holds where you film yourself. The account that makes the replica may be somebody "
                "else’s.",
                "For AI-generated footage and for a picture nobody has to agree in a recording; whoever brings it "
                "makes a declaration instead, which is kept in a signed record with the time.",
            ),
            (_POLICY,),
        ),
        Question(
            "exact-words",
            "Why do the words have to be exact?",
            (
                "Because they are what the person agrees to. The statement has to be heard as it is written, with the "
                "person’s name and the organisation’s, and without a word that takes it back. Then it is compared: the "
                "same face and the same voice as in the footage, and a mouth that moves with the sound. A voice over a "
                "video, a photograph, another name, or a “not” is refused.",
                "Where that leaves a doubt, it is not refused: the replica waits until somebody of the "
                f"workspace has looked and listened, {REVIEW_MISSED.limit:.0f} days at most.",
            ),
            (_CHECKS,),
        ),
        Question(
            "one-time-words",
            "What are the one-time words for?",
            (
                "They show that the recording was made now: four words that were drawn for this person, this once, "
                f"and are good for {PHRASE_EXPIRED.limit:.0f} minutes. An old recording that is played again cannot "
                "know them. If time is over, ask for new ones and record again.",
            ),
            (_CHECKS,),
        ),
        Question(
            "consent-by-link",
            "How does somebody agree who is not here?",
            (
                "By a link. Whoever opens it needs no account, only a browser with a camera and a microphone, such as "
                "a telephone: they see who asks and for what, read the statement aloud, look at their recording, and "
                "send it, or say no. A refusal costs nothing.",
                f"A link is good for {VALID_FOR.days} days and is answered once. It can be taken back, and a replica "
                f"can have {REQUESTS_OPEN.limit:.0f} open ones. If nobody answers in time, the replica ends with an "
                "error, and the credit comes back.",
            ),
            (_REPLICAS,),
        ),
        Question(
            "consent-languages",
            "In which languages can one agree?",
            (
                "The statement is there in English, German, French and Spanish. English is understood as it is. For "
                "the others the operator of this server has to name a speech model that understands them; until then "
                "such a statement ends with an error that says so. Further languages can be added as a file.",
                "By a link one agrees in a language that has one-time words: in English, unless the operator has added "
                "words to another one.",
            ),
            (_CHECKS,),
        ),
        Question(
            "public-figures",
            "Can I make a replica of a public figure, or of somebody who has died?",
            (
                "Not from real footage: that is refused whatever is offered, a consent included. From footage that is "
                "AI-generated throughout, or from a picture, you can, if you say whom it shows and declare that you "
                "have the right to this likeness, deceive nobody about it, and answer for what is said with it.",
                "Faces that the operator has stored as protected are looked for in all material, whatever was said of "
                "it.",
            ),
            (_POLICY,),
        ),
        Question(
            "withdraw",
            "Can a person take their consent back?",
            (
                "Yes, at any time and without a reason. Whoever agreed by a link opens that link again and takes the "
                "consent back there, by themself; others tell whoever made the replica, or the operator of this "
                "server, who then takes it back here. From that moment nothing is rendered any more: a video that is "
                "being made stops before its next picture. Within minutes the replica is deleted with its footage, "
                "recordings, stored face and videos, and a signed record says what was deleted.",
                "Videos that were downloaded or sent elsewhere before are beyond what this server can reach. They "
                "carry the number of the consent, so that anybody with access to this installation can see that it "
                "was taken back.",
            ),
            (_RECEIPTS,),
        ),
        Question(
            "receipt",
            "What is the consent receipt?",
            (
                "A signed record of who agreed to what, in which words, when, and about which files, with every score "
                "of the check. It holds no picture, no sound and no measurements of a face or voice. Anybody can "
                "verify it with the public key of this installation, also without Countenance.",
            ),
            (_RECEIPTS,),
        ),
        Question(
            "opt-out",
            "I never want to be replicated here. What can I do?",
            (
                "Ask the operator of this server to store your face as one that has opted out. Material in which it "
                "is recognised is refused from then on, whatever is claimed. Stored are numbers that describe the "
                "face, never the picture.",
            ),
            (_POLICY,),
        ),
    ),
)

GENERATED = Subject(
    "generated",
    "AI-generated footage and pictures",
    (
        Question(
            "ai-generated",
            "What is asked of AI-generated footage?",
            (
                "No consent, but a declaration: that no camera recorded the person who is seen, and that it was not "
                "made by altering a recording of a person. The claim is tested. It is contradicted by content "
                "credentials that say that a camera recorded it, by traces that cameras and telephones leave in files, "
                "by the face of a real person who agreed under another account or who is protected and was not "
                "named, and by a file for which somebody once gave consent.",
                "Nobody can prove from a file that it was generated. Whoever lies leaves a signed declaration that "
                "names them.",
            ),
            (_POLICY,),
        ),
        Question(
            "claim-refused",
            "My footage is AI-generated, but it was refused as real. Why?",
            (
                "The error says what contradicts it. Often the file was edited or sent on a telephone, which leaves "
                "traces of a camera: give the file as the generator made it. Where the operator chose that such cases "
                "are looked at by a human, it waits for that instead.",
            ),
            (_POLICY,),
        ),
        Question(
            "picture",
            "What can I expect of a replica that is made from one picture?",
            (
                "An animated photograph, of draft quality. It looks like the person and speaks, blinks and sways, but "
                "how this person moves, smiles and forms words no picture tells: mouth, teeth and voice are generic, "
                "and the head turns little. A minute or two of footage makes a far better replica.",
                f"It takes a sharp portrait from the front, of {TOO_SMALL.limit:.0f} pixels or more, and the "
                "declaration that you have the right to use it so. Its videos say in their credentials that they come "
                "from a picture.",
            ),
            (Link("From one picture to a replica", "pictures.md", "/help/guidelines#image"),),
        ),
    ),
)
