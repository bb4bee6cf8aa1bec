"""The page's own words, in both languages."""

from __future__ import annotations

from hetao.report.model import Tone
from hetao.text import Text

__all__ = ["SYMBOLS", "TONES", "WORDS"]

WORDS: dict[str, Text] = {
    "address": Text("网址", "address"),
    "axis": Text("纵轴不从零开始。", "The axis does not start at zero."),
    "axis_level": Text("水平", "level"),
    "cap": Text("上限", "cap"),
    "category": Text("类别", "category"),
    "change": Text("变动", "change"),
    "chart_data": Text("图中数据", "Data of this figure"),
    "contents": Text("目录", "Contents"),
    "deeper": Text(
        "另有 {count} 个下级单位未画出，见图中数据。",
        "{count} units further down are not drawn; see the data.",
    ),
    "detail": Text("看详情", "Details"),
    "facts": Text("版本、指纹与证书", "Versions, fingerprints and certificates"),
    "filter": Text("筛选各行", "Filter rows"),
    "gap": Text("缺", "gap"),
    "high": Text("上界", "upper bound"),
    "language": Text("English", "中文"),
    "low": Text("下界", "lower bound"),
    "made": Text("生成于", "Made"),
    "missing_glyphs": Text("内嵌字体缺少下列字，由系统字体代替：", "Not in the embedded font, drawn by the system's: "),
    "no_data": Text("无数据", "no data"),
    "note": Text("说明", "note"),
    "overdrawn": Text("超用", "overdrawn"),
    "publisher": Text("发布单位", "publisher"),
    "region": Text("单位", "unit"),
    "row_count": Text("{count} 行", "{count} rows"),
    "skip": Text("跳到正文", "Skip to the text"),
    "source": Text("来源", "Source"),
    "source_title": Text("名称", "title"),
    "sources": Text("来源", "Sources"),
    "step": Text("步骤", "step"),
    "summary": Text("要点", "In brief"),
    "used": Text("已用", "used"),
    "value": Text("数值", "value"),
    "vintage": Text("版本", "Vintage"),
}

TONES: dict[Tone, Text] = {
    "plain": Text("", ""),
    "good": Text("良好", "good"),
    "warning": Text("注意", "attention"),
    "bad": Text("不合要求", "not met"),
    "muted": Text("不适用", "not applicable"),
}

SYMBOLS: dict[Tone, str] = {"plain": "", "good": "✓", "warning": "▲", "bad": "×", "muted": "○"}
