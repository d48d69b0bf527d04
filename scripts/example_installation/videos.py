"""Videos in every state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from countenance.errors import Finding, Rule
from countenance.service.db.tables import Job, Video
from countenance.service.videos import life, shares
from countenance.service.videos.life import Published
from countenance.service.videos.wanted import NewVideo
from countenance.voice.captions import vtt_of_sentences
from countenance.voice.speech import Sentence
from example_installation.history import History
from example_installation.results import RECORDED

_KINDS = {"video.mp4": "video/mp4", "still.jpg": "image/jpeg", "preview.gif": "image/gif"}
_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Videos:
    """Makes the videos of one workspace."""

    history: History

    def asked(self, name: str, replica_id: str, script: str, **ago: float) -> str:
        """Somebody asks for a video; its id."""
        wanted = NewVideo(replica_id=replica_id, name=name, script=script)
        with self.history.ago(**ago) as session:
            return life.create(session, self.history.service, self.history.workspace_id, wanted).id

    def begun(self, video_id: str, fraction: float = 0.0, left_s: float | None = None, **ago: float) -> None:
        """A worker is at work on it."""
        with self.history.ago(**ago) as session:
            life.begin(session, video_id)
            job = session.get_one(Job, session.get_one(Video, video_id).job_id)
            moment = self.history.today - timedelta(**ago)
            job.state, job.executor_id, job.started_at, job.heartbeat_at = "running", "example", moment, moment
            job.stage, job.fraction, job.seconds_left = "speak", fraction, left_s

    def ready(self, video_id: str, **ago: float) -> None:
        self.begun(video_id, **ago)
        for name, kind in _KINDS.items():
            self.history.service.objects.put(f"videos/{video_id}/{name}", RECORDED / name, kind)
        keys = [f"videos/{video_id}/{name}" for name in _KINDS]
        captions = self._captions(video_id)
        with self.history.ago(**ago) as session:
            life.complete(session, video_id, Published(keys[0], _SECONDS, keys[1], keys[2], captions))

    def _captions(self, video_id: str) -> str | None:
        """The key of what is said, where it was written."""
        service = self.history.service
        with service.database.reading() as session:
            script = session.get_one(Video, video_id).script
        if not script:
            return None
        key = f"videos/{video_id}/captions.vtt"
        with NamedTemporaryFile("w", suffix=".vtt") as said:
            said.write(vtt_of_sentences((Sentence(script, 0.2, _SECONDS - 0.2),)))
            said.flush()
            service.objects.put(key, Path(said.name), "text/vtt")
        return key

    def shared(self, video_id: str, valid: timedelta, *, taken_back: bool = False, **ago: float) -> str:
        """A link to it, which is good for so long; its token."""
        history = self.history
        with history.ago(**ago) as session:
            share = shares.create(
                session,
                history.workspace_id,
                video_id,
                int(valid.total_seconds()),
                shows_name=True,
                may_download=True,
            )
            session.flush()
            token = shares.token_of(share, history.service.settings)
            if taken_back:
                shares.revoke(session, history.workspace_id, video_id, share.id)
        return token

    def failed(self, video_id: str, rule: Rule, detail: str = "", **ago: float) -> None:
        self.begun(video_id, **ago)
        with self.history.ago(**ago) as session:
            life.fail(session, video_id, [Finding(rule, detail=detail).as_dict()])
