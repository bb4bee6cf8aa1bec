"""The vendored font for matplotlib."""

from __future__ import annotations

import hashlib
import tempfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from hetao.fonts.glyphs import FAMILY, FILE, open_font

__all__ = ["matplotlib_family"]


@lru_cache(maxsize=1)
def matplotlib_family() -> str:
    """Make the vendored font known to matplotlib and return its family name, to be given as ``fontfamily``.

    The font is unpacked once into matplotlib's own cache folder, under a name that carries its fingerprint.

    Raises:
        ImportError: matplotlib is not installed (extra ``plot``).
    """
    from matplotlib import font_manager, get_cachedir

    fingerprint = hashlib.sha256(files("hetao.fonts").joinpath(FILE).read_bytes()).hexdigest()[:12]
    unpacked = Path(get_cachedir()) / f"HetaoSansSC-{fingerprint}.otf"
    if not unpacked.exists():
        _unpack(unpacked)
    font_manager.fontManager.addfont(unpacked)
    return FAMILY


def _unpack(path: Path) -> None:
    """Write the font as OpenType to ``path`` in one step, so that another process never reads half a file."""
    font = open_font()
    font.flavor = None
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as whole:
        font.save(whole)
    Path(whole.name).replace(path)
