"""What is asked of the sound of footage."""

from __future__ import annotations

from countenance.errors import Rule, Severity

SILENT = Rule(
    id="footage.silent",
    title="The sound track is digital silence.",
    remedy="Check that the microphone was on and not muted, and record again.",
    tavus_type="audio_processing",
    how="No sample is as large as the smallest step of 16-bit sound.",
)
NO_SPEECH = Rule(
    id="footage.no_speech",
    title="Nobody speaks in the recording.",
    remedy="Record the person speaking; how the mouth moves can be learnt only from speech.",
    limit=1.0,
    unit="s of speech",
    tavus_type="audio_processing",
    how="Seconds that a voice activity detector (Silero) takes for speech.",
)
TOO_LITTLE_SPEECH = Rule(
    id="footage.too_little_speech",
    title="There is too little speech in the parts that can be used.",
    remedy="Record a minute or more of speech with the face in full view.",
    limit=8.0,
    unit="s of speech",
    tavus_type="video_duration",
    how="Seconds that a voice activity detector (Silero) takes for speech while one face is well in view.",
)
LITTLE_SPEECH = Rule(
    id="footage.little_speech",
    title="There is little speech; the replica will know fewer shapes of the mouth than it could.",
    remedy="Record a minute or more.",
    severity=Severity.WARNING,
    limit=60.0,
    unit="s of speech",
    tavus_type="video_duration",
    how="Seconds that a voice activity detector (Silero) takes for speech while one face is well in view.",
)

# The limits below were chosen on 15 recordings of 9 people (readers at home, actors, a corpus studio, two telephones or
# cameras, a synthetic voice; 4 to 60 s) and on the same with made defects at three strengths each.
QUIET = Rule(
    id="footage.quiet",
    title="The voice is recorded very quietly.",
    remedy="Come closer to the microphone or turn its level up.",
    severity=Severity.WARNING,
    limit=-40.0,  # good recordings -16 to -27
    unit="LUFS",
    tavus_type="audio_processing",
    how="The loudness of all speech after ITU-R BS.1770, both gates applied.",
)
LEVEL_CHANGES = Rule(
    id="footage.level_changes",
    title="The voice becomes much louder or quieter.",
    remedy="Keep your distance from the microphone and leave its level alone; switch automatic levels off.",
    severity=Severity.WARNING,
    limit=8.0,  # good recordings 4.4 at most
    unit="dB",
    tavus_type="audio_processing",
    how="The loudness of each 2 s of speech (ITU-R BS.1770) against the median of all.",
)
CLIPPING = Rule(
    id="footage.clipping",
    title="The sound is too loud for the recording: its peaks are cut off.",
    remedy="Turn the microphone's level down and record again; turning the file down does not help.",
    severity=Severity.WARNING,
    limit=8.0,  # good recordings 0 to 6 in parts; clipped by 6 dB 0 to 23, by 12 dB 40 to 59, by 18 dB 72 to 79
    unit="% of the speech",
    tavus_type="audio_processing",
    how="The peaks of each 32 ms pile up at one height and are broader there than below it.",
)
NOISY = Rule(
    id="footage.noisy",
    title="There is noise behind the voice.",
    remedy="Close the windows, switch fans and machines off, and come closer to the microphone.",
    severity=Severity.WARNING,
    limit=16.0,  # good recordings 19 and more; mixed 10 dB below the voice 7 to 17, 0 dB 0 to 10
    unit="dB between voice and pauses",
    tavus_type="background_noise_detected",
    how="The loudness of speech less that of the pauses (ITU-R BS.1770); 0.1 s beside speech is left out.",
)
HUM = Rule(
    id="footage.hum",
    title="The sound hums, as beside a mains cable.",
    remedy="Use another cable or socket, and keep the microphone away from chargers and lamps.",
    severity=Severity.WARNING,
    limit=10.0,  # good recordings 7.8 at most; hum 30 dB below the voice 7 to 44, 20 dB 16 to 45
    unit="dB above what is beside it",
    tavus_type="background_noise_detected",
    how="The third strongest of the first six multiples of 50 or 60 Hz in the 10th percentile of 10 s of spectra.",
)
MUSIC = Rule(
    id="footage.music",
    title="Music plays behind the voice.",
    remedy="Switch it off; music cannot be taken out of a recording afterwards.",
    severity=Severity.WARNING,
    limit=25.0,  # good recordings 13 at most; chords and tunes 20 dB below the voice 11 to 100, 10 dB 56 to 100
    unit="% of 4 s",
    tavus_type="background_noise_detected",
    how="The share of the time in which two or more tones between 78 and 2500 Hz stay on one pitch for half a second.",
)
REVERBERATION = Rule(
    id="footage.reverberation",
    title="The room echoes.",
    remedy="Record in a room with carpets, curtains and soft furniture, closer to the microphone.",
    severity=Severity.WARNING,
    limit=0.32,  # good recordings 0.12 to 0.22; rooms of 0.3 s 0.28, of 0.6 s 0.39, of 1.0 s 0.45 and more
    unit="s until sound has faded",
    tavus_type="background_noise_detected",
    how="The time in which the fastest tenth of all decays in the speech, in 22 mel bands, would fall by 60 dB.",
)
SECOND_VOICE = Rule(
    id="footage.second_voice",
    title="A second voice is heard.",
    remedy="Record one person alone, with no one speaking in the room and no television or call.",
    severity=Severity.WARNING,
    limit=0.6,  # one person 0.71 and more; another reader's turn of 3 s or more down to 0.02 to 0.56
    unit="likeness to the main voice",
    tavus_type="background_noise_detected",
    how="Speaker embeddings of each 1.6 s of speech, compared with the voice that most of them have (cosine).",
)
DROPOUTS = Rule(
    id="footage.dropouts",
    title="The sound breaks off for moments.",
    remedy="Record to the device itself rather than over a call or a wireless microphone, and close other programs.",
    severity=Severity.WARNING,
    limit=2.0,  # good recordings 0; holes of 60 ms and more are all found
    unit="holes",
    tavus_type="audio_processing",
    how="Holes of 20 ms to 2 s into which loud sound falls, and from which it comes back, within 10 ms.",
)
ONE_CHANNEL = Rule(
    id="footage.one_channel",
    title="One of the two channels is silent; the other is used alone.",
    remedy="Record in mono, or choose the input to which the microphone is plugged in.",
    severity=Severity.HINT,
    limit=30.0,
    unit="dB quieter",
    how="The power of the quieter of two channels against the louder, over the whole recording.",
)
OUT_OF_PHASE = Rule(
    id="footage.out_of_phase",
    title="The two channels cancel each other; only the louder one is used.",
    remedy="Turn the polarity of one channel round, or record in mono.",
    severity=Severity.WARNING,
    limit=-0.5,
    unit="correlation",
    tavus_type="audio_processing",
    how="The correlation of the two channels over the whole recording: 1 is the same, -1 the same upside down.",
)

RULES: tuple[Rule, ...] = (
    SILENT,
    NO_SPEECH,
    TOO_LITTLE_SPEECH,
    LITTLE_SPEECH,
    QUIET,
    LEVEL_CHANGES,
    CLIPPING,
    NOISY,
    HUM,
    MUSIC,
    REVERBERATION,
    SECOND_VOICE,
    DROPOUTS,
    ONE_CHANNEL,
    OUT_OF_PHASE,
)
