"""The engine's part of the error catalogue."""

from __future__ import annotations

from countenance.errors import Rule

TOO_LITTLE_TO_LEARN = Rule(
    id="engine.too_little_to_learn",
    title="The footage has too little of one face that speaks to learn a mouth from.",
    remedy="Record at least half a minute of one person who speaks to the camera; a minute or two is better.",
    limit=6.0,
    unit="s",
    tavus_type="video_duration",
)

APPEARANCE_CHANGES = Rule(
    id="engine.appearance_changes",
    title="The person or the light looks different from one part of the footage to another.",
    remedy="Use one recording in the same clothes, place and light; train a replica of its own for each other look.",
    tavus_type="lighting_change_detected",
)

OUT_OF_TIME = Rule(
    id="engine.out_of_time",
    title="The time budget ended before enough of the footage was read.",
    remedy="Give a larger budget, or a shorter recording.",
    unit="s",
)

PLACE_TAKEN = Rule(
    id="engine.place_taken",
    title="There is something else where the replica should be written.",
    remedy="Name a folder that does not exist yet, or an older replica that may be replaced.",
)

NOT_A_REPLICA = Rule(
    id="engine.not_a_replica",
    title="The folder is not a replica.",
    remedy="Name a folder made by `countenance train`; it holds a file replica.json.",
)

REPLICA_DAMAGED = Rule(
    id="engine.replica_damaged",
    title="A file of the replica is missing or was changed.",
    remedy="Restore the folder from a copy, or train the replica again.",
)

REPLICA_TOO_NEW = Rule(
    id="engine.replica_too_new",
    title="The replica was made by a newer version of this software.",
    remedy="Update the software.",
)

CANNOT_STORE = Rule(
    id="engine.cannot_store",
    title="The replica could not be written.",
    remedy="Check that the disk has room and that the folder may be written to.",
)

OUT_IS_INPUT = Rule(
    id="engine.out_is_input",
    title="The video or its captions would be written over a file or into the replica that they are made from.",
    remedy="Name another file to write.",
)

SOUND_TOO_SHORT = Rule(
    id="engine.sound_too_short",
    title="The recording to speak is too short to make a video from.",
    remedy="Give a recording of at least a tenth of a second.",
    limit=0.1,
    unit="s",
)

NO_GPU = Rule(
    id="engine.no_gpu",
    title="Work was to be done on a graphics card, and torch finds none that it can use.",
    remedy="Install the driver and a torch that is built for the card, or choose the device auto or cpu.",
)

UNKNOWN_BACKGROUND = Rule(
    id="engine.unknown_background",
    title="The background is no word that is known, no colour and no file.",
    remedy="Say filmed, transparent, green, blue, white, black or a colour like #2b6cb0, or name a picture or video.",
)

BACKGROUND_UNREADABLE = Rule(
    id="engine.background_unreadable",
    title="The background is neither a picture nor a video that can be read.",
    remedy="Give a JPEG, PNG or WebP picture or a video such as MP4, and check that a viewer shows it.",
)

SUFFIX_MISFITS = Rule(
    id="engine.suffix_misfits",
    title="The video's name does not fit what it holds: transparent videos are WebM files, all others MP4.",
    remedy="Let the name of a transparent video end in .webm, and that of any other in .mp4, .m4v or .mov.",
)

NO_PERSONAL_VOICE = Rule(
    id="engine.no_personal_voice",
    title="The replica has no voice of its own.",
    remedy="Name a stock voice (`countenance voices` lists them), or give a recording instead of a script. "
    "Replicas get a voice of their own from footage with enough clear English speech.",
)

RULES: tuple[Rule, ...] = (
    NO_PERSONAL_VOICE,
    TOO_LITTLE_TO_LEARN,
    APPEARANCE_CHANGES,
    OUT_OF_TIME,
    PLACE_TAKEN,
    NOT_A_REPLICA,
    REPLICA_DAMAGED,
    REPLICA_TOO_NEW,
    CANNOT_STORE,
    OUT_IS_INPUT,
    SOUND_TOO_SHORT,
    NO_GPU,
    UNKNOWN_BACKGROUND,
    BACKGROUND_UNREADABLE,
    SUFFIX_MISFITS,
)
