"""Everything that is wrong with the file and with what is seen in it."""

from __future__ import annotations

from collections.abc import Iterator

from countenance.errors import Finding
from countenance.footage.judge_cover import cover_findings
from countenance.footage.judge_face import face_findings
from countenance.footage.judge_file import file_findings
from countenance.footage.judge_light import light_findings
from countenance.footage.judge_take import take_findings
from countenance.footage.timeline import Timeline
from countenance.media.probe import MediaInfo


def picture_findings(info: MediaInfo, timeline: Timeline) -> Iterator[Finding]:
    """What is wrong with the file, the face and the picture."""
    yield from file_findings(info, timeline)
    yield from face_findings(timeline)
    yield from cover_findings(timeline)
    yield from light_findings(timeline)
    yield from take_findings(timeline)
