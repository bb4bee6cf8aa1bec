"""The dated tree of regions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hetao.errors import FiguresError
from hetao.figures import Region, RegionTree
from hetao.text import Text

HEADER = "region,zh,en,kind,parent,code,from,to,became\n"


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("NM", None, "NM"),
        ("150000", None, "NM"),
        ("内 蒙 古", None, "NM"),
        ("inner mongolia", 2020, "NM"),
        ("和平区", 1990, "A"),
        ("和平区", 2005, "B"),
        ("152700", 2000, "OLD"),
    ],
)
def test_a_region_is_found_by_id_code_or_name_and_year(
    tree: RegionTree, name: str, at: int | None, expected: str
) -> None:
    assert tree.get(name, at).id == expected


@pytest.mark.parametrize(
    ("name", "at", "code", "words"),
    [
        ("和平区", None, "figures.ambiguous_region", "A (China / Inner Mongolia / Heping, –1999); B"),
        ("和平区", 2020, "figures.region_not_then", "no region in 2020"),
        ("CQ", 1990, "figures.region_not_then", "no region in 1990"),
        ("内蒙", None, "figures.unknown_region", "did you mean 内蒙古"),
        ("Atlantis", None, "figures.unknown_region", "add it to the region table"),
    ],
)
def test_what_cannot_be_settled_is_refused(tree: RegionTree, name: str, at: int | None, code: str, words: str) -> None:
    with pytest.raises(FiguresError) as caught:
        tree.get(name, at)
    assert [p.code for p in caught.value.problems] == [code]
    assert words in str(caught.value)


def test_the_tree_is_walked_by_ids(tree: RegionTree) -> None:
    assert [r.id for r in tree.path("ORD")] == ["CN", "NM", "ORD"]
    assert [r.id for r in tree.children("NM", kind="league")] == ["OLD", "ORD"]
    assert [r.id for r in tree.children("NM", 1999)] == ["OLD", "A"]
    assert tree.children("ORD") == ()
    assert [r.id for r in tree.of_kind("province", 1990)] == ["NM", "SC"]
    assert [r.id for r in tree.of_kind("province")] == ["NM", "SC", "CQ"]
    assert "NM" in tree
    assert "150000" not in tree
    assert len(tree) == 10


def test_successors_are_followed_to_the_end(tree: RegionTree) -> None:
    assert [r.id for r in tree.successors("A")] == ["C", "D"]
    assert [r.id for r in tree.successors("OLD")] == ["ORD"]
    assert [r.id for r in tree.successors("NM")] == ["NM"]


def test_every_fault_of_a_tree_is_reported_at_once(
    tmp_path: Path, refused: Callable[..., list[tuple[str, str]]]
) -> None:
    path = tmp_path / "r.csv"
    rows = [
        "a,甲,A,x,b,,,,",
        "b,乙,B,x,a,,,,",
        "c,丙,C,x,nowhere,,,,",
        "d,丁,D,x,,,,1999,",
        "e,戊,E,x,d,,,2005,",
        "f,己,F,x,,,2005,2001,",
        "d,丁,D,x,,,,,",
        "g,庚,G,x,,,,,h",
        "h,辛,H,x,,,,,g；gone",
    ]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    assert refused(lambda: RegionTree.read(path, root=tmp_path)) == [
        ("figures.duplicate_region", "r.csv, row 8, column region"),
        ("figures.region_cycle", "r.csv, row 2, column region"),
        ("figures.region_cycle", "r.csv, row 3, column region"),
        ("figures.missing_region", "r.csv, row 4, column region"),
        ("figures.child_outlives_parent", "r.csv, row 6, column region"),
        ("figures.region_dates", "r.csv, row 7, column region"),
        ("figures.region_cycle", "r.csv, row 9, column region"),
        ("figures.missing_region", "r.csv, row 10, column region"),
        ("figures.region_cycle", "r.csv, row 10, column region"),
    ]


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(HEADER + "p,甲,P,x,,,,1999,\nc,乙,C,x,p,,,1999,\nd,丙,D,x,p,,1980,1990,\n", encoding="utf-8")
    assert len(RegionTree.read(path)) == 3


def test_a_cycle_elsewhere_does_not_hang_the_check(refused: Callable[..., list[tuple[str, str]]]) -> None:
    def region(name: str, parent: str) -> Region:
        return Region(name, Text(name, name), "x", parent, "", None, None, ())

    wrong = [region("a", "b"), region("b", "c"), region("c", "b")]
    assert refused(lambda: RegionTree(wrong)) == [("figures.region_cycle", "b"), ("figures.region_cycle", "c")]


def test_cells_of_the_table_are_checked(tmp_path: Path, refused: Callable[..., list[tuple[str, str]]]) -> None:
    path = tmp_path / "r.csv"
    path.write_text(HEADER + ",甲,,x,,,19x9,２０２０,\n", encoding="utf-8")
    assert refused(lambda: RegionTree.read(path, root=tmp_path)) == [
        ("figures.empty_cell", "r.csv, row 2, column region"),
        ("figures.empty_cell", "r.csv, row 2, column en"),
        ("figures.bad_year", "r.csv, row 2, column from"),
        ("figures.bad_year", "r.csv, row 2, column to"),
    ]
