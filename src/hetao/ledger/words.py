"""The codes of events and records in words, for texts; facts keep the codes."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.text import Text

__all__ = ["METHODS", "PROJECTS", "PURPOSES", "in_words"]

METHODS = {
    "metered": Text("计量", "metered"),
    "electricity": Text("以电折水", "electricity-to-water"),
    "sampled": Text("典型样点推算", "sampled"),
    "capacity": Text("按最大取水能力计", "at daily maximum capacity"),
}
PROJECTS = {
    "new": Text("新建", "new"),
    "rebuilt": Text("改建", "rebuilt"),
    "expanded": Text("扩建", "expanded"),
    "continuing": Text("延续", "continuing"),
    "none": Text("无建设项目", "none"),
}
PURPOSES = {
    "domestic": Text("家庭生活", "domestic"),
    "town": Text("城镇生活", "town"),
    "livestock": Text("牲畜饮用", "livestock"),
    "industry": Text("工业", "industry"),
    "agriculture": Text("农业", "agriculture"),
    "irrigation": Text("灌溉", "irrigation"),
    "ecology": Text("河湖生态补水", "ecology"),
    "monitoring": Text("监测", "monitoring"),
    "exploration": Text("勘探", "exploration"),
    "geothermal": Text("地热", "geothermal"),
    "mine_drainage": Text("矿坑排水", "mine drainage"),
    "poverty_relief": Text("扶贫", "poverty relief"),
    "public_safety": Text("公共安全", "public safety"),
    "other": Text("其他", "other"),
}
STATUSES = {
    "incomplete": Text("材料不全", "incomplete"),
    "admitted": Text("已受理", "admitted"),
    "referred": Text("已移送", "referred"),
    "exempt": Text("免许可", "exempt"),
    "approved": Text("已批准", "approved"),
    "permitted": Text("已发证", "permitted"),
    "refused": Text("未批准", "refused"),
    "lapsed": Text("已失效", "lapsed"),
    "valid": Text("有效", "valid"),
    "suspended": Text("已中止", "suspended"),
    "expired": Text("已到期", "expired"),
    "cancelled": Text("已注销", "cancelled"),
    "revoked": Text("已吊销", "revoked"),
    "running": Text("计时中", "running"),
    "stopped": Text("已停表", "stopped"),
}
VOCABULARY: Mapping[str, Mapping[str, Text]] = {
    "status": STATUSES,
    "needed": STATUSES,
    "purpose": PURPOSES,
    "new_purpose": PURPOSES,
    "project": PROJECTS,
    "method": METHODS,
}


def in_words(name: str, value: object) -> object:
    """Return a value that goes into a text under a name: a code, or a list of codes, in words; others as they are."""
    words = VOCABULARY.get(name)
    if words is None:
        return value
    if isinstance(value, list):
        each = [words.get(code, Text(str(code), str(code))) for code in value]
        return Text("、".join(w.zh for w in each), ", ".join(w.en for w in each))
    return words.get(value, value) if isinstance(value, str) else value
