"""Pure rules of builds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywatch.builds.rules import slug_for, sum_qualifier, trained_sentence, wave_of, worded
from waywatch.builds.vocabulary import Qualifier

CASES = [
    (None, "", "not known"),
    (0, "", "0"),
    (557, "", "557"),
    (557, "exact", "557"),
    (100, "over", "over 100"),
    (100, "more_than", "more than 100"),
    (1045, "at_least", "at least 1,045"),
    (30, "about", "about 30"),
    (30, "up_to", "up to 30"),
]


@pytest.mark.parametrize(("value", "qualifier", "words"), CASES)
def test_a_number_keeps_its_word(value: int | None, qualifier: str, words: str) -> None:
    assert worded(value, qualifier) == words


def test_every_qualifier_has_words() -> None:
    assert {worded(7, qualifier) for qualifier in Qualifier.values if qualifier != "exact"}.isdisjoint({"7"})


TRAINED = [
    (None, 0, "not known"),
    (None, 1, "not known: 1 partner gave no number"),
    (None, 2, "not known: 2 partners gave no number"),
    (100, 0, "100"),
    (100, 1, "100, and 1 partner gave no number"),
    (100, 3, "100, and 3 partners gave no number"),
]


@pytest.mark.parametrize(("counted", "without", "words"), TRAINED)
def test_who_gave_no_number_is_said_and_never_counted_as_zero(counted: int | None, without: int, words: str) -> None:
    assert trained_sentence(counted, without) == words


SUMS = [
    (["up_to"], "up_to"),
    (["up_to", "exact", ""], "up_to"),
    (["up_to", "over"], "about"),
    (["up_to", "about"], "about"),
    ([], ""),
    ([""], ""),
    (["", "exact"], ""),
    (["", "over"], "at_least"),
    (["more_than", "at_least"], "at_least"),
    (["over", "about"], "about"),
]


@pytest.mark.parametrize(("words", "word"), SUMS)
def test_a_sum_keeps_the_weakest_word_of_its_parts(words: list[str], word: str) -> None:
    assert sum_qualifier(words) == word


@given(place=st.text(max_size=80), year=st.integers(1990, 2100), others=st.integers(0, 5))
def test_a_short_name_is_an_address_and_nobody_elses(place: str, year: int, others: int) -> None:
    taken: list[str] = []
    for _ in range(others + 1):
        taken.append(slug_for(place=place, year=year, taken=taken))
    assert len(set(taken)) == others + 1
    assert all(
        slug.isascii() and slug.replace("-", "").replace("_", "").isalnum() and len(slug) <= 80 for slug in taken
    )


def test_the_second_build_of_a_place_and_year_is_numbered() -> None:
    assert slug_for(place="St. Paul", year=2018, taken=["st-paul-2018"]) == "st-paul-2018-2"
    assert slug_for(place="東京", year=2018, taken=[]) == "build-2018"


def test_every_act_on_a_build_has_words() -> None:
    from waywatch.builds import models, vocabulary

    parts = [model._meta.model_name for model in models.Part.__subclasses__() if not model._meta.abstract]
    acts = {f"build.{part}_{act}" for part in parts for act in ("added", "removed")}
    assert acts <= set(vocabulary.ACTS)


WAVES = [
    ("", ""),
    ("post event", ""),
    ("following the event", ""),
    ("by report", ""),
    ("follow-up", "follow_up"),
    ("Follow up conversations", "follow_up"),
    ("60-day followup", "follow_up"),
    ("same day", "same_day"),
    ("same-day survey", "same_day"),
    ("same day and follow-up", ""),
]


@pytest.mark.parametrize(("words", "wave"), WAVES)
def test_a_wave_is_what_the_words_name_and_never_guessed(words: str, wave: str) -> None:
    assert wave_of(words) == wave
