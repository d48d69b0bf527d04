"""Pronunciation dictionaries of a workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class PronunciationDictionary(Base):
    """A name and rules, as `voice.pronunciation` reads them."""

    __tablename__ = "pronunciation_dictionaries"
    __table_args__ = (Index("ix_pronunciation_dictionaries_workspace", "workspace_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(255))
    rules: Mapped[list[Any]]
    rules_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
