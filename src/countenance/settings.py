"""Every setting, with its default and its reason. Read from the environment as `COUNTENANCE_<NAME>`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
