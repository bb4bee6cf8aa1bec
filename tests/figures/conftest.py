"""A small world of regions, sources and files for the tests of figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hetao.errors import ProblemsError
from hetao.figures import RegionTree, Register, Schema, read_figures

REGIONS = """region,zh,en,kind,parent,code,from,to,became
CN,中国,China,country,,,,,
NM,内蒙古,Inner Mongolia,province,CN,150000,1947,,
SC,四川,Sichuan,province,CN,510000,,,
CQ,重庆,Chongqing,province,CN,500000,1997,,
OLD,伊克昭盟,Yekejuu League,league,NM,152700,,2000,ORD
ORD,鄂尔多斯市,Ordos,league,NM,150600,2001,,
A,和平区,Heping,banner,NM,150901,,1999,B
B,和平区,Heping,banner,NM,150902,2000,2010,C;D
C,新和平区,New Heping,banner,NM,150903,2011,,
D,和平新区,Heping New Area,banner,NM,150904,2011,,
"""


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> RegionTree:
    path = tmp_path_factory.mktemp("tree") / "regions.csv"
    path.write_text(REGIONS, encoding="utf-8")
    return RegionTree.read(path)


@pytest.fixture(scope="session")
def schema() -> Schema:
    return Schema.shipped()


@pytest.fixture
def load(tree: RegionTree, schema: Schema, tmp_path: Path) -> Callable[..., Register]:
    """Write texts, bytes or ready files and load them together."""

    def loaded(*contents: object, **options: object) -> Register:
        paths = []
        for number, content in enumerate(contents):
            path = content if isinstance(content, Path) else tmp_path / f"{number}.csv"
            if isinstance(content, str | bytes):
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return read_figures(paths, tree=tree, schema=schema, root=tmp_path, **options)  # type: ignore[arg-type]

    return loaded


@pytest.fixture
def refused() -> Callable[..., list[tuple[str, str]]]:
    """Run a call that must be refused; give the code and place of each problem, each told in both languages."""

    def listed(call: Callable[[], object]) -> list[tuple[str, str]]:
        with pytest.raises(ProblemsError) as caught:
            call()
        for problem in caught.value.problems:
            for text in (problem.found, problem.expected, problem.remedy):
                assert text.zh
                assert text.en
        return [(problem.code, problem.place.describe("en")) for problem in caught.value.problems]

    return listed
