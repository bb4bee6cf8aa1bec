"""Families: a folder of small files, one member each; dropping a file in is the whole registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from hetao.errors import FamilyError
from hetao.text import Text

__all__ = ["Member", "load_family"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """What every member of every family declares.

    Attributes:
        name: equal to its file's name.
        title: what it is called in both languages.
        reference: where it comes from (author, year, journal; or statute and article).
        laws: names of the laws it obeys; the family's shared property tests run each of them.
    """

    name: str
    title: Text
    reference: str
    laws: frozenset[str] = frozenset()


M = TypeVar("M", bound=Member)


def load_family(package: str, kind: type[M]) -> Mapping[str, M]:
    """Import every member file of ``package`` and return its ``MEMBER`` objects by name, sorted.

    Args:
        package: dotted name of the family's folder; files that start with an underscore are not members.
        kind: the class that each file's ``MEMBER`` must be an instance of.

    Raises:
        FamilyError: a file has no ``MEMBER`` of that kind, its name is not the file's, or a title or
            reference is empty.
    """
    folder = importlib.import_module(package)
    members: dict[str, M] = {}
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda i: i.name):
        if info.name.startswith("_"):
            continue
        member = getattr(importlib.import_module(f"{package}.{info.name}"), "MEMBER", None)
        if not isinstance(member, kind):
            raise FamilyError(f"{package}/{info.name}.py: MEMBER must be a {kind.__name__}, found {member!r}")
        if member.name != info.name:
            raise FamilyError(f"{package}/{info.name}.py: the member's name {member.name!r} is not the file's")
        if not (member.title.zh and member.title.en and member.reference):
            raise FamilyError(f"{package}/{info.name}.py: title (zh, en) and reference must not be empty")
        members[member.name] = member
    return MappingProxyType(members)
