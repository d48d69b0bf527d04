"""Steps from one format of a replica to the next."""

from __future__ import annotations

import numpy as np

from countenance.engine.replica import FORMAT_VERSION
from countenance.engine.upgrade import STEPS, from_1_to_2, id_of, upgraded
from countenance.people.encoder import ALL_LAYERS


def test_there_is_a_step_from_every_format_to_the_next() -> None:
    assert set(range(1, FORMAT_VERSION)) <= set(STEPS)
    for version, step in STEPS.items():
        assert step({"format_version": version}, {})[0]["format_version"] == version + 1


def test_from_1_to_2_fills_in_what_format_1_did_not_know() -> None:
    old = {"format_version": 1, "software": "countenance 0.1.0", "hashes": {"b": "2", "a": "1"}}
    arrays = {"engine.safetensors": {"rest": np.zeros(13, np.float32)}}
    new, same = from_1_to_2(old, arrays)
    assert new == {**old, "format_version": 2, "id": id_of(old), "tier": "final", "offset_frames": 0}
    assert same["engine.safetensors"]["motion.layers"].tolist() == [ALL_LAYERS]
    assert old["format_version"] == 1


def test_from_1_to_2_keeps_what_was_held_out() -> None:
    old = {"format_version": 1, "footage": {"sha256": "0", "held_out_s": [10.0, 13.0]}}
    assert from_1_to_2(old, {})[0]["footage"] == {"sha256": "0", "held_out_s": [[10.0, 13.0]]}


def test_what_it_already_says_stays() -> None:
    known = {"format_version": 1, "id": "r0123456789ab", "tier": "preview", "offset_frames": 2}
    assert from_1_to_2(known, {})[0] == {**known, "format_version": 2}


def test_nothing_is_done_to_what_is_new_enough() -> None:
    newest = {"format_version": 2, "hashes": {}}
    assert upgraded(newest, {}, 2) == (newest, {})
    assert upgraded({"format_version": 1}, {}, 1) == ({"format_version": 1}, {})


def test_an_id_follows_from_the_files_in_whatever_order_they_stand() -> None:
    first, second = id_of({"hashes": {"a": "1", "b": "2"}}), id_of({"hashes": {"b": "2", "a": "1"}})
    assert first == second
    assert first != id_of({"hashes": {"a": "2", "b": "1"}})
    assert len(first) == 13
