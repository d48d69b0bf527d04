"""Voices: one person's recordings are alike, different people's are not, and silence has no voice."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import CountenanceError
from countenance.media.read import audio
from countenance.people.voice import VOICE_MATCH, VOICE_REVIEW, similarity, voice_embedding
from countenance.settings import Settings

Samples = NDArray[np.float32]


def test_embedding_is_a_unit_vector_whatever_the_level_or_length(settings: Settings, spoken: Samples) -> None:
    reference = voice_embedding(spoken, settings)
    assert reference.shape == (256,)
    assert np.linalg.norm(reference) == pytest.approx(1.0, abs=1e-5)
    assert similarity(reference, voice_embedding(spoken * 0.1, settings)) > 0.97
    assert similarity(reference, voice_embedding(np.tile(spoken, 30), settings)) > 0.95
    assert VOICE_REVIEW < VOICE_MATCH < similarity(reference, voice_embedding(spoken[: 4 * 16_000], settings))


@pytest.mark.parametrize("count", [0, 100, 80_000])
def test_silence_has_no_voice(count: int, settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        voice_embedding(np.zeros(count, np.float32), settings)
    assert caught.value.finding.rule.id == "people.too_little_speech"
    assert caught.value.finding.measured == 0.0


def test_a_lower_pitched_voice_is_another_voice(settings: Settings, spoken: Samples) -> None:
    at = np.arange(0, len(spoken), 0.8)
    lower = np.interp(at, np.arange(len(spoken)), spoken).astype(np.float32)
    assert similarity(voice_embedding(spoken, settings), voice_embedding(lower, settings)) < VOICE_MATCH


@pytest.mark.real_data
def test_readers_are_told_apart(shared_data: Path, settings: Settings) -> None:
    embeddings = {
        path.name: voice_embedding(audio(path), settings)
        for path in sorted((shared_data / "speech/librispeech").glob("*.flac"))
    }
    for (name_a, a), (name_b, b) in itertools.combinations(embeddings.items(), 2):
        same = name_a.split("-")[0] == name_b.split("-")[0]
        assert (similarity(a, b) >= VOICE_MATCH) == same, (name_a, name_b)


@pytest.mark.real_data
def test_two_talkers_with_little_speech_are_told_apart_when_clips_are_joined(
    shared_data: Path, settings: Settings
) -> None:
    groups = {
        (talker, start): voice_embedding(np.concatenate([audio(path) for path in clips[start : start + 5]]), settings)
        for talker in ("s1", "s26")
        for clips in [sorted((shared_data / "grid" / talker).glob("*.mpg"))]
        for start in (0, 5)
    }
    for (key_a, a), (key_b, b) in itertools.combinations(groups.items(), 2):
        likeness = similarity(a, b)
        assert likeness >= VOICE_MATCH if key_a[0] == key_b[0] else likeness < VOICE_REVIEW
