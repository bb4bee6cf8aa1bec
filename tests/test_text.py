"""Words in two languages and the choice between them."""

from __future__ import annotations

import pytest

from hetao import text
from hetao.text import Text, language, use_language


def test_a_text_shows_the_language_in_use():
    words = Text("水", "water")
    assert str(words) == f"{words}" == "water"
    with use_language("zh"):
        assert str(words) == "水"
        with use_language("en"):
            assert str(words) == "water"
        assert str(words) == "水"
    assert str(words) == "water"


def test_a_text_gives_either_language_on_demand():
    words = Text("水", "water")
    assert (words.in_language("zh"), words.in_language("en")) == ("水", "water")


def test_the_language_is_put_back_after_an_error():
    with pytest.raises(RuntimeError), use_language("zh"):
        raise RuntimeError
    assert language() == "en"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"HETAO_LANG": "ZH", "LC_ALL": "en_GB.UTF-8"}, "zh"),
        ({"HETAO_LANG": "", "LANG": "zh_CN"}, "zh"),
    ],
    ids=str,
)
def test_without_a_choice_the_environment_decides(
    settings: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HETAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    token = text._chosen.set(None)
    try:
        assert language() == expected
    finally:
        text._chosen.reset(token)


@pytest.mark.parametrize("wanted", ["fr", "zh_CN", "ZH", None, 3])
def test_a_language_that_there_is_not_is_refused(wanted):
    with pytest.raises(ValueError, match="use zh or en"), use_language(wanted):
        pass
