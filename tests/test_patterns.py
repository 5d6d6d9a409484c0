"""Patterns of dictionaries run in linear time, and what cannot is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.dictionary.model import Dictionary
from zhengming.errors import DictionaryError
from zhengming.patterns import Pattern


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a|a|a)*b", "(.*)(.*)(.*)(.*)b", "((a?){20}){20}b"])
def test_what_would_take_years_is_done_at_once(pattern: str) -> None:
    assert not Pattern(pattern).fits("a" * 50_000)
    assert Pattern(pattern).fits("aaab")


@pytest.mark.parametrize("pattern", ["(?=a)a", r"(a)\1", "(", "[", "(?<!a)b"])
def test_what_is_not_linear_or_no_pattern_is_refused_with_its_place(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DictionaryError, match="category thing"):
        Pattern(pattern, where="category thing")
    assert capfd.readouterr() == ("", "")


BUNDLED = [Dictionary.open().category(name).code_pattern for name in ("disease", "region", "sex")]


@pytest.mark.parametrize("stated", BUNDLED)
@given(text=st.from_regex(r"[A-Z]?[0-9]{0,7}[A-Z]?", fullmatch=True))
def test_the_bundled_patterns_mean_the_same_as_in_python(stated: str, text: str) -> None:
    assert Pattern(stated).fits(text) is (re.fullmatch(stated, text) is not None)
