"""The vendored font: what it covers, its subsets, its name for plots."""

import io

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao import fonts

NEEDED = (
    "≤≥×÷±‰℃㎡³²⁸⁻¹₂→←↑↓▲▼●○■□✓αβγθφλμσ“”‘’（）《》，。：；？！、…—·亿万立方米鄂尔多斯呼和浩特巴彦淖尔乌兰察布锡林郭勒"
)


def gb2312():
    characters = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                characters.add(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return characters


def test_gb2312_is_whole():
    characters = gb2312()
    assert sum("\u4e00" <= c <= "\u9fff" for c in characters) == 6763  # as GB/T 2312-1980 counts them
    assert fonts.covers("".join(characters)) == ""


def test_signs_latin_and_digits_are_covered():
    assert fonts.covers(NEEDED + "".join(map(chr, range(0x20, 0x7F)))) == ""


def test_covers_names_what_is_missing_once_and_sorted():
    assert fonts.covers("水\n한水𠮷한") == "한𠮷"


def test_file_is_small_and_carries_its_licence():
    from importlib.resources import files

    folder = files("hetao.fonts")
    assert len(folder.joinpath("HetaoSansSC-Regular.woff2").read_bytes()) < 3_000_000
    assert "SIL OPEN FONT LICENSE" in folder.joinpath("OFL.txt").read_text(encoding="utf-8")
    assert "Noto Sans CJK SC" in folder.joinpath("README.txt").read_text(encoding="utf-8")


@settings(max_examples=5, deadline=None)  # each takes a second
@given(st.text(alphabet=sorted(gb2312()), max_size=60))
def test_a_subset_has_exactly_its_characters(text):
    packed = fonts.subset(text)
    font = TTFont(io.BytesIO(packed))
    assert set(map(chr, font.getBestCmap() or {})) == set(text)
    assert font["name"].getDebugName(1) == fonts.FAMILY
    assert packed == fonts.subset("".join(reversed(text)) * 2)


def test_subset_leaves_out_what_the_font_lacks():
    assert set(TTFont(io.BytesIO(fonts.subset("水𠮷"))).getBestCmap()) == {ord("水")}


def test_superscripts_are_small_raised_and_digits_alike_in_width():
    from fontTools.pens.boundsPen import BoundsPen

    font = TTFont(io.BytesIO(fonts.subset("0123456789⁸₂8")))
    names, glyphs = font.getBestCmap(), font.getGlyphSet()
    assert len({glyphs[names[ord(c)]].width for c in "0123456789"}) == 1
    bounds = {}
    for character in "8⁸₂":
        pen = BoundsPen(glyphs)
        glyphs[names[ord(character)]].draw(pen)
        bounds[character] = pen.bounds
    assert bounds["⁸"][1] > bounds["8"][1] + 250
    assert bounds["₂"][1] < bounds["8"][1]


@pytest.fixture
def plot_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("matplotlib.get_cachedir", lambda: str(tmp_path))
    fonts.matplotlib_family.cache_clear()
    yield tmp_path
    fonts.matplotlib_family.cache_clear()


def test_matplotlib_draws_chinese_without_a_warning(plot_cache):
    import matplotlib as mpl
    from matplotlib.figure import Figure

    family = fonts.matplotlib_family()
    assert family == fonts.FAMILY
    assert len(list(plot_cache.glob("*.otf"))) == 1
    with mpl.rc_context({"font.family": family}):
        figure = Figure(figsize=(2, 1))
        figure.text(0, 0.5, "内蒙古黄河用水 58.6 亿m³ −5 10⁸")
        for kind in ("png", "svg", "pdf"):
            figure.savefig(io.BytesIO(), format=kind)
    fonts.matplotlib_family.cache_clear()
    unpacked = next(plot_cache.glob("*.otf"))
    before = unpacked.stat().st_mtime_ns
    assert fonts.matplotlib_family() == family
    assert unpacked.stat().st_mtime_ns == before
