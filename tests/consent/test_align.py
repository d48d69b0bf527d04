from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.consent.align import Expected, Gap, align

TEXT: list[Expected] = ["my", "name", "is", Gap.NAME, "and", "i", "give", "consent", "to", Gap.ORGANISATION, "today"]
EXACT = ["my", "name", "is", "ada", "winter", "and", "i", "give", "consent", "to", "acme", "today"]


def test_exact_words() -> None:
    found = align(TEXT, EXACT)
    assert found.matched == frozenset({0, 1, 2, 4, 5, 6, 7, 8, 10})
    assert found.gaps == {Gap.NAME: (3, 4), Gap.ORGANISATION: (10,)}
    assert (found.first, found.stop, found.extra) == (0, len(EXACT), ())


def test_the_text_is_found_inside_other_speech() -> None:
    spoken = ["hello", "is", "it", "on"] + EXACT + ["so", "much", "for", "that", "today", "was", "fine"]
    found = align(TEXT, spoken)
    assert (found.first, found.stop) == (4, 4 + len(EXACT))
    assert len(found.matched) == 9


def test_an_inserted_word_is_extra_and_has_its_place() -> None:
    spoken = ["my", "name", "is", "ada", "winter", "and", "i", "never", "give", "consent", "to", "acme", "today"]
    found = align(TEXT, spoken)
    assert found.extra == ((7, 6),)
    assert len(found.matched) == 9


def test_a_replaced_word_is_not_matched() -> None:
    found = align(TEXT, [word if word != "give" else "refuse" for word in EXACT])
    assert 6 not in found.matched
    assert found.extra == ((7, 6),)


def test_words_heard_as_one_and_one_heard_as_two() -> None:
    found = align(["an", "ai", "clone", "of", "countenance"], ["an", "eyeclone", "of", "count", "nance"])
    assert found.matched == frozenset({0, 1, 2, 3, 4})


def test_nothing_said() -> None:
    found = align(TEXT, [])
    assert found.matched == frozenset()
    assert found.first == found.stop == 0


@settings(deadline=None)
@given(st.lists(st.sampled_from([*EXACT, "not", "um", "clone"]), max_size=40))
def test_positions_are_consistent(spoken: list[str]) -> None:
    found = align(TEXT, spoken)
    assert 0 <= found.first <= found.stop <= len(spoken)
    used = [position for position, _ in found.extra] + [p for gap in found.gaps.values() for p in gap]
    assert len(used) == len(set(used))
    assert all(found.first <= position < found.stop for position in used)
    assert len(found.matched) + len(used) <= found.stop - found.first + len(TEXT)
    assert [position for position, _ in found.extra] == sorted(position for position, _ in found.extra)
