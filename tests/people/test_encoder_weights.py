"""An encoder of the owner's that is none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.people.encoder import sound_features
from countenance.settings import Settings

EMPTY = struct.pack("<IHIII", 6, 0, 1, 0, 0)


@pytest.mark.parametrize("junk", [b"junk", b"\xff" * 4000, b"", EMPTY])
def test_a_file_that_is_no_model(junk: bytes, tmp_path: Path) -> None:
    (tmp_path / "whisper-tiny.en").mkdir()
    (tmp_path / "whisper-tiny.en" / "model.bin").write_bytes(junk)
    with pytest.raises(CountenanceError) as caught:
        sound_features(np.zeros(16000, np.float32), Settings(threads=1, weights_dir=tmp_path))
    assert caught.value.finding.rule.id == "people.weight_altered"
