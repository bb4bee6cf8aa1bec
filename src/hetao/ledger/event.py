"""Reading one event: from a line of JSON or a mapping to its canonical text, or to the reason why it is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from hetao.ledger.outcome import dump_json
from hetao.text import Text

__all__ = ["LINE_MAX", "Event", "Malformed", "read_event"]

LINE_MAX = 1_048_576  # characters of one event


@dataclass(slots=True)
class Event:
    """One JSON object that was handed in.

    Attributes:
        text: its canonical form: one line, names sorted; equal content has equal text.
        raw: its fields as handed in, names sorted.
        fields: those of them that fit the event's kind; empty until judged.
    """

    text: str
    raw: Mapping[str, Any]
    fields: Mapping[str, Any]

    def has(self, *names: str) -> bool:
        """Tell whether all these fields are there and fit."""
        for name in names:  # noqa: SIM110 - asked several times of every event, and `all` takes thrice as long
            if name not in self.fields:
                return False
        return True


@dataclass(frozen=True)
class Malformed:
    """A line that is no JSON object.

    Attributes:
        reason: why, in words.
        start: how the line begins.
        line: its number in the stream that it came in, None where it came alone.
    """

    reason: Text
    start: str
    line: int | None = None


class _LineError(ValueError):
    """A reason, in both languages, why a text is no event."""

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason.en)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object with its names sorted, so that equal content is judged in the same order."""
    fields = dict(sorted(pairs, key=itemgetter(0)))
    if len(fields) < len(pairs):
        raise _LineError(Text("同一名称出现两次", "a name stands twice in one object"))
    return fields


def _constant(word: str) -> float:
    raise _LineError(Text(f"{word} 不是 JSON 数值", f"{word} is no JSON number"))


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _parse(source: Mapping[str, Any] | str) -> dict[str, Any]:
    text = source if isinstance(source, str) else dump_json(dict(source))
    if len(text) > LINE_MAX:
        raise _LineError(Text(f"超过 {LINE_MAX} 个字符", f"it is longer than {LINE_MAX} characters"))
    fields = _DECODER.decode(text)
    if not isinstance(fields, dict):
        raise _LineError(Text("不是对象", "it is no object"))
    return fields


def read_event(source: Mapping[str, Any] | str, line: int | None = None) -> Event | Malformed:
    """Return the event that a line of JSON or a mapping holds, or why there is none.

    Args:
        source: one line of JSON, or the fields of an event as JSON values.
        line: its number in a stream of lines.
    """
    try:
        fields = _parse(source)
        canonical = dump_json(fields)
        canonical.encode()
    except _LineError as fault:
        reason = fault.reason
    except json.JSONDecodeError as fault:
        reason = Text(f"第 {fault.pos + 1} 个字符处有语法错误", f"a syntax error at character {fault.pos + 1}")
    except UnicodeEncodeError:
        reason = Text("不是有效的 UTF-8 文字", "it is no valid UTF-8")
    except RecursionError:
        reason = Text("嵌套过深", "it is nested too deeply")
    except ValueError:  # what Python says of an integer of thousands of digits, and of NaN
        reason = Text("有无法读取的数值（过长，或 NaN、无穷大）", "a number cannot be read: too long, NaN or infinite")
    except TypeError as fault:
        reason = Text(f"含有 JSON 没有的值（{fault}）", f"it holds a value that JSON does not know ({fault})")
    else:
        return Event(canonical, fields, {})
    shown = source if isinstance(source, str) else ", ".join(name for name in source if isinstance(name, str))
    return Malformed(reason, shown[:60].encode(errors="replace").decode(), line)
