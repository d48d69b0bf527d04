"""What is asked of a picture that is to become a replica: size, light, sharpness, and that it is a photograph."""

from __future__ import annotations

from countenance.errors import Rule, Severity

FORMAT = Rule(
    id="portrait.format",
    title="The picture is neither JPG nor PNG.",
    remedy="Save it as JPG or PNG if it is to be used elsewhere too.",
    severity=Severity.HINT,
    how="By the file's first bytes.",
)
TOO_SMALL = Rule(
    id="portrait.too_small",
    title="The picture is too small.",
    remedy="Use a picture of 512 x 512 px or more; 1024 x 1024 is good.",
    limit=512.0,  # (Tavus)
    unit="px on the shorter side",
    tavus_type="ImageQualityError",
    how="Width and height in the file, after it is turned upright.",
)
TOO_DARK = Rule(
    id="portrait.too_dark",
    title="The face is too dark to see.",
    remedy="Use a picture with light from the front.",
    limit=12.0,
    unit="of 100",
    tavus_type="ImageQualityError",
    how="Lightness (CIE L*) of forehead and cheeks; 48 in dark skin under even light.",
)
DIM = Rule(
    id="portrait.dim",
    title="The light on the face is dim.",
    remedy="Use a picture with light from the front.",
    severity=Severity.WARNING,
    limit=25.0,
    unit="of 100",
    tavus_type="ImageQualityError",
    how="Lightness (CIE L*) of forehead and cheeks.",
)
TOO_BRIGHT = Rule(
    id="portrait.too_bright",
    title="Parts of the face are so bright that nothing is seen in them.",
    remedy="Use a picture with softer light or a shorter exposure.",
    severity=Severity.WARNING,
    limit=10.0,
    unit="% of the face",
    tavus_type="ImageQualityError",
    how="Share of pixels that are white (250 and more in every colour).",
)
SIDE_LIGHT = Rule(
    id="portrait.side_light",
    title="One side of the face is much darker than the other.",
    remedy="Use a picture with even light from the front.",
    severity=Severity.WARNING,
    limit=1.7,
    unit="stops",
    tavus_type="ImageQualityError",
    how="Light on the two cheeks in powers of two; up to 1.4 in good portraits. Not measured on turned heads.",
)
TOO_BLURRED = Rule(
    id="portrait.too_blurred",
    title="The picture is too blurred.",
    remedy="Use a sharp picture: hold the camera still and focus on the eyes.",
    limit=25.0,
    unit="%",
    tavus_type="ImageQualityError",
    how="Fine against coarser detail of the face at 256 px width: 19 to 24 after a blur of 2 % of the face's width.",
)
BLURRED = Rule(
    id="portrait.blurred",
    title="The face is not sharp.",
    remedy="Use a sharper picture: hold the camera still, focus on the eyes, do not enlarge a small picture.",
    severity=Severity.WARNING,
    limit=36.0,
    unit="%",
    tavus_type="ImageQualityError",
    how="Fine against coarser detail of the face at 256 px width: 51 and more in sharp pictures, 29 to 34 after a "
    "blur of 1 % of the face's width.",
)
BLOCKY = Rule(
    id="portrait.blocky",
    title="The picture was compressed so much that blocks are seen.",
    remedy="Use the original, not a copy sent by a messenger.",
    severity=Severity.WARNING,
    limit=110.0,
    unit="%",
    tavus_type="ImageQualityError",
    how="How much larger steps are at the edges of 8 px blocks than between: up to 47 in pictures as cameras make "
    "them, 105 and more at JPEG quality 20. A picture that was resized afterwards is not recognised.",
)
NOT_A_PHOTO = Rule(
    id="portrait.not_a_photo",
    title="This is not a photograph but a painting or a drawing.",
    remedy="Use a photograph of the person.",
    limit=2.0,
    unit="signals",
    tavus_type="Phx4NonHumanLikeSubjectError",
    how="Two signals of a painting or two of a drawing agree. Painting: fine texture over everything; texture of "
    "cracks and strokes (kurtosis above 4, where noise has 3) rather than of noise; the colour of varnish; an "
    "unsure detector. Drawing: dark outlines, flat colour, paper-white skin, an unsure detector. Smooth "
    "digital paintings, renderings and filters that only smooth a photograph are not recognised.",
)
PAINTED = Rule(
    id="portrait.painted",
    title="This looks like a painting, a print or a very grainy photograph.",
    remedy="Use a photograph taken in good light, not a picture of a picture.",
    severity=Severity.WARNING,
    limit=0.7,
    unit="levels",
    tavus_type="ImageQualityError",
    how="The finest detail (standard deviation in CIE L*) that nine tenths of the picture have at least: up to "
    "0.6 in photographs, 0.9 to 2.4 in paintings. The noise of a sensor has the same effect from about 2 % "
    "on.",
)
DRAWN = Rule(
    id="portrait.drawn",
    title="This looks like a drawing or a strongly filtered photograph.",
    remedy="Use a photograph as the camera made it.",
    severity=Severity.WARNING,
    tavus_type="ImageQualityError",
    how="One of the signals of a drawing: outlines from 65 (photographs: up to 59), flat colour over 5 % of the "
    "face (up to 3), paper-white skin.",
)
ALPHA_CHANNEL = Rule(
    id="portrait.alpha_channel",
    title="The file has a channel for transparency.",
    remedy="Save it without one; a replica is opaque.",
    severity=Severity.HINT,
    how="The file's header; the channel may be opaque everywhere.",
)
TRANSPARENT = Rule(
    id="portrait.transparent",
    title="Parts of the picture are transparent.",
    remedy="Put a plain background behind the person.",
    severity=Severity.WARNING,
    limit=5.0,
    unit="% of the picture",
    tavus_type="ImageQualityError",
    how="Share of pixels whose opacity is below one half.",
)
FACE_TRANSPARENT = Rule(
    id="portrait.face_transparent",
    title="Parts of the face are transparent.",
    remedy="Use a picture in which the face was not cut out.",
    limit=2.0,
    unit="% of the face",
    tavus_type="Phx4FaceObscuredError",
    how="Share of pixels inside the face whose opacity is below one half.",
)
FRAMED = Rule(
    id="portrait.framed",
    title="The picture seems to have a frame or bars, or to be put together from several.",
    remedy="Cut the frame off, or use a single picture.",
    severity=Severity.HINT,
    limit=1.0,
    unit="edges",
    tavus_type="ImageQualityError",
    how="Edges, two pixels sharp, that run straight from one side to the other. A door or the corner of a room "
    "does the same, hence a hint only; tilted and ornate frames are not seen.",
)

RULES: tuple[Rule, ...] = (
    FORMAT,
    TOO_SMALL,
    TOO_DARK,
    DIM,
    TOO_BRIGHT,
    SIDE_LIGHT,
    TOO_BLURRED,
    BLURRED,
    BLOCKY,
    NOT_A_PHOTO,
    PAINTED,
    DRAWN,
    ALPHA_CHANNEL,
    TRANSPARENT,
    FACE_TRANSPARENT,
    FRAMED,
)
