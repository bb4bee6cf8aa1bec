"""Families: a file dropped into the folder is a member, a file that breaks the contract fails loudly."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path
from uuid import uuid4

import pytest

from hetao.errors import FamilyError
from hetao.family import Member, load_family
from hetao.text import Text

GOOD = """
from hetao.family import Member
from hetao.text import Text
MEMBER = Member(name={name!r}, title=Text({zh!r}, {en!r}), reference={reference!r})
"""


def member(name: str, zh: str = "甲", en: str = "a", reference: str = "A (2000)") -> str:
    return GOOD.format(name=name, zh=zh, en=en, reference=reference)


Family = Callable[..., str]


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Family]:
    """Return a maker of importable folders, each under a name of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"family_{uuid4().hex}"

    def make(**files: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        for file, source in {"__init__": "", **files}.items():
            (folder / f"{file}.py").write_text(source, encoding="utf-8")
        return name

    yield make
    for module in [m for m in sys.modules if m.split(".")[0] == name]:
        del sys.modules[module]


def test_every_file_is_a_member_by_its_name(family: Family):
    members = load_family(family(b=member("b"), a=member("a"), _shared="x = 1"), Member)
    assert list(members) == ["a", "b"]
    assert members["a"].title == Text("甲", "a")
    assert members["a"].laws == frozenset()
    with pytest.raises(TypeError):
        members["c"] = members["a"]  # type: ignore[index] # it is read-only
    with pytest.raises(FrozenInstanceError):
        members["a"].name = "other"  # type: ignore[misc] # it is frozen


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1", "MEMBER must be a Member, found None"),
        ("MEMBER = 'a'", "MEMBER must be a Member, found 'a'"),
        (member("b"), "the member's name 'b' is not the file's"),
        (member("a", zh=""), "must not be empty"),
        (member("a", en=""), "must not be empty"),
        (member("a", reference=""), "must not be empty"),
    ],
)
def test_a_file_that_breaks_the_contract_fails_loudly(source: str, says: str, family: Family):
    package = family(a=source)
    with pytest.raises(FamilyError, match=says) as caught:
        load_family(package, Member)
    assert f"{package}/a.py" in str(caught.value)
