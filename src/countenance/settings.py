"""Every setting, with its default and its reason. Read from the environment as `COUNTENANCE_<NAME>`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _data_dir() -> Path:
    """Where the XDG Base Directory Specification puts a user's data."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "countenance"


class Settings(BaseSettings):
    """Settings are read once, at the edge (command line, server), and passed down; they do not change afterwards."""

    model_config = SettingsConfigDict(env_prefix="COUNTENANCE_", frozen=True, extra="ignore")

    organisation: str = Field(
        default="Countenance", min_length=1, description="Who is given consent, as the consent statement names it."
    )
    weights_dir: Path | None = Field(
        default=None,
        description="A folder with weights of your own; a file there with a known weight's name replaces the built-in.",
    )
    max_file_bytes: int = Field(default=750_000_000, gt=0, description="Largest file that is opened, in bytes.")
    max_duration_s: float = Field(default=1800.0, gt=0, description="Longest recording that is read, in seconds.")
    max_pixels: int = Field(
        default=4096 * 2304, gt=0, description="Largest picture that is decoded, in pixels (4K cinema by default)."
    )
    threads: int = Field(default=0, ge=0, description="Threads for models and codecs; 0 means one per core.")
    data_dir: Path = Field(
        default_factory=_data_dir,
        description="The folder (mode 0700) for keys, receipts, and the faces of enrolled and protected people.",
    )
    account: str = Field(
        default="",
        description="Who makes declarations and owns replicas; empty means the name of the system's user.",
    )
    signing_key: Path | None = Field(
        default=None,
        description="The Ed25519 private key (PEM) that signs receipts; without it one is made in the data folder.",
    )
    signing_key_pem: SecretStr | None = Field(
        default=None, description="The same key itself, where an environment variable is safer than a file."
    )
    biometric_key: SecretStr | None = Field(
        default=None,
        description="32 bytes in base64; with it, faces in the data folder are stored encrypted (AES-256-GCM).",
    )
    contradiction: Literal["refuse", "review"] = Field(
        default="refuse",
        description="What follows when something contradicts the claim that footage is AI-generated.",
    )
    statements_dir: Path | None = Field(
        default=None, description="A folder with further wordings of the consent statement, one JSON file each."
    )
    speech_model: Path | None = Field(
        default=None,
        description="The folder of a multilingual Whisper model (CTranslate2), for statements that are not English.",
    )
    trust_anchors: Path | None = Field(
        default=None,
        description="A PEM file of certificate authorities; content credentials (C2PA) of their signers are trusted.",
    )
    refine_s: float = Field(
        default=240.0,
        ge=0,
        description="Seconds for the net that refines a replica's mouths, where torch is installed; 0 for none.",
    )
    personal_voice: bool = Field(
        default=True, description="Whether the voice in the footage becomes the replica's, as far as it can be had."
    )
    engines_dir: Path | None = Field(
        default=None, description="A folder with a folder for each external engine, with its engine.toml in it."
    )
    c2pa_certificate: Path | None = Field(
        default=None,
        description="The certificate (PEM, with its chain) that signs videos as AI-generated (C2PA); without it one "
        "is made in the data folder.",
    )
    c2pa_key: Path | None = Field(default=None, description="The private key (PEM) of that certificate.")
    c2pa_key_pem: SecretStr | None = Field(
        default=None, description="The same key itself, where an environment variable is safer than a file."
    )
    visible_mark: str = Field(
        default="",
        max_length=500,
        description="A label in a corner of every video: a text, such as `AI-generated`, or the path of a PNG file.",
    )
    piper_program: str = Field(
        default="piper", min_length=1, description="The program that speaks with Piper voices: a name or a path."
    )
    piper_voices: Path | None = Field(
        default=None, description="A Piper voice (.onnx with its .onnx.json beside it), or a folder of them."
    )
    speech_service_url: str | None = Field(
        default=None,
        description="The URL of a speech service that is sent scripts (POST) and answers with sound files; without it "
        "nothing is sent anywhere.",
    )
    speech_service_headers: SecretStr | None = Field(
        default=None, description="Headers for the speech service, such as a key: a JSON object of strings."
    )
    speech_service_body: str = Field(
        default='{"text": {text}}',
        description="What is sent to the speech service; {text} becomes the script as a JSON string (or the script "
        "itself if there is nothing else).",
    )
    speech_service_timeout_s: float = Field(
        default=60.0, gt=0, le=3600, description="How long the speech service may take, in seconds."
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="The address that the server listens on.")
    port: int = Field(default=8642, ge=0, le=65535, description="The port that the server listens on; 0 for any free.")
    public_url: str | None = Field(
        default=None,
        description="The URL under which people reach the server, for links in e-mails and answers; without it the "
        "address that it listens on.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="The database (`postgresql+psycopg://...`); without it an SQLite file in the data folder.",
    )
    objects_url: str | None = Field(
        default=None,
        description="Where media and replicas are stored (`s3://bucket/prefix`); without it the data folder.",
    )
    objects_options: SecretStr | None = Field(
        default=None,
        description="Endpoint, region and keys of the object store: a JSON object as obstore's S3Store takes it.",
    )
    lease_s: float = Field(
        default=60.0, gt=0, description="Seconds without a sign of life after which a worker's work is taken over."
    )
    poll_s: float = Field(default=1.0, gt=0, description="Seconds between two looks of a worker for new work.")
    trainings_at_once: int = Field(default=1, ge=1, description="Trainings that one worker runs at once.")
    renderings_at_once: int = Field(default=1, ge=1, description="Videos that one worker renders at once.")
    attempts: int = Field(
        default=3, ge=1, description="How often a training or rendering whose process died is begun again."
    )
    training_deadline_s: float = Field(
        default=6 * 3600.0, gt=0, description="Seconds after which a training or rendering that still runs is given up."
    )
    fetch_allow: str = Field(
        default="",
        description="Networks and hosts, separated by commas, from which media may be fetched although they are not "
        "public, such as `10.1.0.0/16`, `127.0.0.1`; plain HTTP is allowed there.",
    )
    fetch_timeout_s: float = Field(default=600.0, gt=0, description="Seconds that fetching one file may take.")
    upload_part_bytes: int = Field(
        default=8 * 1024 * 1024, ge=5 * 1024 * 1024, description="Size of the parts of an upload, in bytes."
    )
    first_grant_trainings: int = Field(
        default=100, ge=0, description="Replica trainings that a new workspace is granted."
    )
    first_grant_video_seconds: int = Field(
        default=36_000, ge=0, description="Seconds of video that a new workspace is granted."
    )
    cancelled_training: Literal["release", "capture"] = Field(
        default="release",
        description="Whether a healthy training that its owner cancels is free (`release`) or costs (`capture`).",
    )
    keep_footage_days: float | None = Field(
        default=None, ge=0, description="Days after training at which footage is deleted; without it, it is kept."
    )
    requests_per_minute: int = Field(
        default=600, ge=0, description="Requests that one key may make in a minute; 0 for any number."
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="The mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://...`; without it e-mails "
        "are written as .eml files into the data folder.",
    )
    mail_from: str = Field(
        default="Countenance <countenance@localhost>", min_length=3, description="Who e-mails come from."
    )
    webhook_schedule_s: tuple[float, ...] = Field(
        default=(0, 5, 300, 1800, 7200, 18_000, 36_000, 36_000),
        description="Seconds before each try to deliver a webhook, as a JSON list.",
    )
    log_json: bool = Field(default=False, description="Whether logs are JSON also on a terminal.")
    otlp_endpoint: str | None = Field(
        default=None, description="The OpenTelemetry collector that traces are sent to; without it none are made."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="The bearer token that /metrics asks for; without it only requests from this machine may read it.",
    )
    link_key: SecretStr | None = Field(
        default=None,
        description="The secret that signs links to media (32 bytes in base64), the same on every machine of an "
        "installation; without it one is made in the data folder.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies before the server, separated by commas, whose word on where a "
        "request comes from (X-Forwarded-For) is taken; without it nobody's.",
    )
    webhook_allow: str = Field(
        default="",
        description="Networks and hosts, separated by commas, to which webhooks may be posted although they are not "
        "public; plain HTTP is allowed there, and nothing is kept of what they answer.",
    )
    session_hours: float = Field(
        default=12.0, gt=0, description="Hours without a request after which a browser has to sign in again."
    )
    contact: str = Field(
        default="",
        max_length=300,
        description="How people whom you ask can reach you (an e-mail address, a telephone number or a URL), shown on "
        "the page on which they agree and in the letter that asks them.",
    )
