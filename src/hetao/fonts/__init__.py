"""The vendored Chinese font: subsets for pages, coverage, a name for plots; no label shows as a box.

`HetaoSansSC-Regular.woff2` holds GB 2312, the 8105 characters of the Table of General Standard Chinese
Characters, Latin, Greek, superscripts, arrows and mathematical signs; ``README.txt`` beside it says how it was
made and ``OFL.txt`` is its licence.
"""

from hetao.fonts.glyphs import FAMILY, characters, covers, subset
from hetao.fonts.plots import matplotlib_family

__all__ = ["FAMILY", "characters", "covers", "matplotlib_family", "subset"]
