"""Which characters the vendored font has, and a subset of it with only those a text needs."""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

__all__ = ["FAMILY", "FILE", "characters", "covers", "open_font", "subset"]

FAMILY = "Hetao Sans SC"
FILE = "HetaoSansSC-Regular.woff2"
INVISIBLE = frozenset("\n\r\t\u200b\u200c\u200d\ufeff")  # characters that draw nothing and need no glyph


def open_font() -> TTFont:
    """Return the vendored font, freshly opened (about 50 ms) so that the caller may change it."""
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO(files("hetao.fonts").joinpath(FILE).read_bytes()), recalcTimestamp=False)


@lru_cache(maxsize=1)
def characters() -> frozenset[str]:
    """Return every character the vendored font can draw."""
    return frozenset(map(chr, open_font().getBestCmap()))


def covers(text: str) -> str:
    """Return the characters of ``text`` that the font cannot draw: sorted, each once."""
    return "".join(sorted(set(text) - characters() - INVISIBLE))


def subset(text: str) -> bytes:
    """Return a WOFF2 font with the glyphs of the characters in ``text`` only.

    Args:
        text: any text; characters that the font lacks (see `covers`) are left out.

    Returns:
        The font file's bytes: the same set of characters gives the same bytes.
    """
    from fontTools import subset as subsetting

    options = subsetting.Options(layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.flavor = "woff2"
    options.bidi_closure = False  # no mirror image of a bracket or sign that the text does not have
    font = open_font()
    subsetter = subsetting.Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(character) for character in text}))
    subsetter.subset(font)
    packed = io.BytesIO()
    subsetting.save_font(font, packed, options)
    return packed.getvalue()
