"""All tables, by subject. Importing this package makes `Base.metadata` complete."""

from countenance.service.db.tables.accounts import ApiKey, AuditEntry, IdempotencyKey, Member, Workspace
from countenance.service.db.tables.consent_requests import ConsentRequest
from countenance.service.db.tables.credits import CreditAccount, CreditGrant, CreditHold, CreditPosting, HoldShare
from countenance.service.db.tables.dictionaries import PronunciationDictionary
from countenance.service.db.tables.jobs import Job, Lease
from countenance.service.db.tables.media import MediaSource, Upload, UploadPart
from countenance.service.db.tables.notifications import Delivery, DeliveryAttempt, OutboxEvent, WebhookEndpoint
from countenance.service.db.tables.replicas import Replica
from countenance.service.db.tables.sessions import BrowserSession, SignInLink
from countenance.service.db.tables.videos import Lipsync, Transcription, Video, VideoShare

__all__ = [
    "ApiKey",
    "AuditEntry",
    "BrowserSession",
    "ConsentRequest",
    "CreditAccount",
    "CreditGrant",
    "CreditHold",
    "CreditPosting",
    "Delivery",
    "DeliveryAttempt",
    "HoldShare",
    "IdempotencyKey",
    "Job",
    "Lease",
    "Lipsync",
    "MediaSource",
    "Member",
    "OutboxEvent",
    "PronunciationDictionary",
    "Replica",
    "SignInLink",
    "Transcription",
    "Upload",
    "UploadPart",
    "Video",
    "VideoShare",
    "WebhookEndpoint",
    "Workspace",
]
