"""The journal, entry by entry: numbers, hashes, keys, and whether the postings are what each event says.

A `Clerk` checks one stretch of the journal at a time, so that several can work at once: it needs the hash before the
stretch and the `Plot` of the first pass, and hands back what the stretch adds to the balances as a list of `Run`.

Most entries are plain readings. Of one that is written exactly as expected, the event is matched by a pattern and the
outcome compared as text, which says the same as reading both and costs a tenth; any other is read in full.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hetao.audit.effects import difference, read_effects, remainders
from hetao.audit.expected import BY_ANY, EXACT, KINDS, NAMING, Charge, Entry, Expected, spread
from hetao.audit.fault import AT_MOST, DamagedError, Fault, same
from hetao.audit.plot import Plot, is_step
from hetao.audit.runs import SLOTS, Draws, Run, Runs
from hetao.audit.source import Row, Source
from hetao.text import Text

__all__ = ["LEAST", "ZEROS", "Clerk", "Stretch", "check_stretch"]

READING = re.compile(  # what stands between quotation marks is looked at afterwards, all at once
    rb'\{"at":"([^"]*+)","by":"[^"]*+","event":"read","from":"([^"]*+)","key":"([^" ][^"]{0,999}+)",'
    rb'"meter":"[^"]*+","method":"(?:metered|electricity|sampled|capacity)","permit":"([^"]*+)","to":"([^"]*+)",'
    rb'"volume_m3":([1-9][0-9]{0,17}+)\}'
).fullmatch
UNESCAPED = bytes(c for c in range(0x20, 0x7F) if c != 0x5C)  # characters that stand for themselves in a JSON text
TIMES_AT_MOST = 65536  # that are remembered as sound
INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)").fullmatch
CONTROL = re.compile(r"[\x00-\x1f\x7f]").search
KEY_MAX, LEAST = 1000, -(2**63)
ZEROS = "0" * 64  # the hash before the first entry
DECISIONS = {
    **dict.fromkeys(("posted", "admitted", "exempt"), True),
    **dict.fromkeys(("refused", "incomplete", "referred"), False),
}
FOR_APPLICATIONS, FOR_OTHERS = ("admitted", "exempt", "refused", "incomplete", "referred"), ("posted", "refused")
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
decode = json.JSONDecoder().decode
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode


class Stretch(NamedTuple):
    """What a stretch of the journal holds.

    Attributes:
        entries: how many entries were read.
        head: the number and hash of the last one; those before the stretch where there is none.
        faults: what is wrong.
        whole: whether every entry could be read and none is missing, so that the balances can be summed.
        runs: what it adds to the balances, in order.
        keys: the keys that its entries own, joined by line breaks.
        reused: entries whose key an entry before the stretch must own.
        corrected: key and meter of what its entries take back, and the entry that does so; ticks book several meters.
        clock: the latest legal time of what was not refused, empty where there is nothing.
    """

    entries: int
    head: tuple[int, bytes]
    faults: list[Fault]
    whole: bool
    runs: list[Run]
    keys: bytes
    reused: list[tuple[int, bytes]]
    corrected: list[tuple[int, str]]
    clock: str


class Clerk:
    """Checks stretches of one journal, each behind the one before.

    Args:
        plot: what the first pass found.
        find_entry: returns the entry that owns a key.
    """

    def __init__(self, plot: Plot, find_entry: Callable[[str], Entry | None]) -> None:
        self._expected = Expected(plot, find_entry)
        self._spells = self._expected.spells
        self._days: set[bytes] = set()
        self._times: set[bytes] = set()
        self._begin(0)

    def check(self, rows: Iterable[Row], after: int, previous: bytes) -> Stretch:
        """Check a stretch.

        Args:
            rows: its entries in order.
            after: the number before the first.
            previous: the hash of the entry before.
        """
        self._begin(after)
        self._head, self._entries = (after, previous), 0
        try:
            for seq, key, event, outcome, _ in self._others(rows):
                self._check_entry(seq, key, event, outcome)
        except DamagedError as error:
            self._lost(self._head[0] + 1, "unreadable", same(error), Text("可读的条目", "an entry that can be read"))
        self._runs.end(self._head[0])
        found = self._faults, self._whole, self._runs.ended, b"\n".join(self._keys), self._reused, self._corrected
        return Stretch(self._entries, self._head, *found, self._clock.decode())

    def _begin(self, after: int) -> None:
        self._faults: list[Fault] = []
        self._whole = True
        self._runs = Runs(after + 1)
        self._keys: set[bytes] = set()
        self._reused: list[tuple[int, bytes]] = []
        self._corrected: list[tuple[int, str]] = []
        self._clock = b""
        self._expected.follow(after + 1)

    # Plain readings

    def _others(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Check number and hash of each entry, take in plain readings as expected, and yield every other entry.

        Nearly all entries go through here, so that every step counts.
        """
        expected, sha256 = self._expected, hashlib.sha256
        (last, previous), entries = self._head, 0
        try:
            for seq, key, event, outcome, digest in rows:
                if seq != last + 1:
                    found = Text(f"下一条为第 {seq} 条", f"entry {seq} comes next")
                    self._lost(max(1, last + 1), "gap", found, Text("连续的编号", "numbers without a gap"))
                if expected.waiting < seq:
                    expected.follow(seq)
                try:
                    computed = sha256(b"%b\n%b\n%b" % (previous, event, outcome)).hexdigest().encode()
                except TypeError:
                    self._lost(seq, "event", same("NULL"), Text("事件和结果", "an event and an outcome"))
                else:
                    if computed != digest:
                        self._fault(seq, "hash", same(_shown(digest)), same(computed.decode()))
                    if not self._is_plain(seq, key, event, outcome):
                        yield seq, key, event, outcome, digest
                last, previous = seq, digest if isinstance(digest, bytes) else b""
                entries += 1
        finally:
            self._head, self._entries = (last, previous), entries

    def _is_plain(self, seq: int, key: bytes | None, event: bytes, outcome: bytes) -> bool:
        """Take in an entry that is a reading and written exactly as expected; leave any other as it is."""
        match = READING(event)
        if match is None:
            return False
        at, first, named, permit, last, volume = match.groups()
        spell = self._spells.get((first, last))
        track = None if spell is None else spell[2].get(permit) or spell[3].get(permit)
        if track is None:
            track = self._expected.reading(permit, first, last)
        if track is None or key != named or named in self._keys:
            return False
        if event.translate(None, UNESCAPED) and not _is_printable(event):
            return False
        if (at[:10] not in self._days or at[10:] not in self._times) and not self._is_time(at):
            return False
        postings = volume.join(track.parts)
        if outcome != b'{"seq":%d,"key":"%b","ok":true,"decision":"posted","effects":[%b]}' % (seq, named, postings):
            head = b'{"seq":%d,"key":"%b","ok":true,"decision":"posted",' % (seq, named)
            if not _warns(outcome, head, postings):
                return False
        if not track.total:
            self._runs.pending.append(track)
        track.total += int(volume)
        self._keys.add(named)
        if at[19:] != self._clock[19:]:
            self._note_time(at)
        elif at > self._clock:
            self._clock = at
        return True

    def _is_time(self, at: bytes) -> bool:
        """Tell whether a time is sound, and remember its parts if it is."""
        try:
            _instant(at)
        except ValueError:
            return False
        if len(self._times) >= TIMES_AT_MOST:
            self._times.clear()
        self._days.add(at[:10])
        self._times.add(at[10:])
        return True

    # Any entry

    def _check_entry(self, seq: int, key: bytes | None, event: bytes, outcome: bytes) -> None:
        fields = self._read_event(seq, event)
        if fields is None:
            return
        named = _usable(fields.get("key"))
        self._check_key(seq, key, named)
        if key is not None and self._is_as_expected(seq, fields, named, outcome):
            return
        answer = self._read_outcome(seq, named, outcome)
        if answer is None:
            return
        if key is None and answer["decision"] != "refused":
            self._fault(seq, "key", same("NULL"), same(named))
        if answer["decision"] not in (FOR_APPLICATIONS if fields.get("event") == "apply" else FOR_OTHERS):
            expected = Text("该类事件可有的结果", "a decision for this kind of event")
            self._fault(seq, "outcome", same(_json(answer["decision"])), expected)
        self._check_effects(seq, fields, answer)
        if answer["decision"] != "refused":
            self._note_at(seq, fields)

    def _read_event(self, seq: int, event: bytes) -> dict[str, Any] | None:
        """Return the fields of an event that is written as the ledger writes it."""
        try:
            fields = decode(event.decode())
            canonical = encode(fields).encode()
        except UNREADABLE:
            fields, canonical = None, b""
        if isinstance(fields, dict) and canonical == event:
            return fields
        expected = Text("规范的 JSON 对象：一行，名称排序", "a canonical JSON object: one line, names sorted")
        self._lost(seq, "event", same(_shown(event)), expected)
        return None

    def _check_key(self, seq: int, key: bytes | None, named: str | None) -> None:
        """Check who owns the key; an entry that does not must name one that an earlier entry owns, or none."""
        owned = None if named is None else named.encode()
        if key is None and owned is not None and owned not in self._keys:
            self._reused.append((seq, owned))
        elif key is not None and (key != owned or key in self._keys):
            again = Text(f"重复的键 {named}", f"the key {named} once more")
            self._fault(seq, "key", again if key == owned else same(_shown(key)), same(named))
        elif key is not None:
            self._keys.add(key)

    def _read_outcome(self, seq: int, named: str | None, outcome: bytes) -> dict[str, Any] | None:
        """Return an outcome that fits its entry and itself."""
        try:
            answer: dict[str, Any] = decode(outcome.decode())
            head = tuple(answer[name] for name in ("seq", "key", "ok", "decision"))
        except UNREADABLE:
            self._lost(seq, "outcome", same(_shown(outcome)), Text("结果的 JSON", "an outcome's JSON"))
            return None
        ok = DECISIONS.get(head[3]) if isinstance(head[3], str) else None
        if ok is None or head[:3] != (seq, named, ok) or type(head[0]) is not int or head[2] is not ok:
            due = (seq, named, "any" if ok is None else ok, head[3] if ok is not None else "|".join(DECISIONS))
            self._fault(seq, "outcome", same(_json(head)), same(_json(due)))
        refusals = answer.get("refusals")
        if ok is False and not _has_reasons(refusals):
            found = Text("没有依据的否定结果", "a refusal without a reason")
            self._fault(seq, "outcome", found, Text("至少一条理由，附规则和条款", "a reason with its rule and clause"))
        return answer

    # Postings

    def _is_as_expected(self, seq: int, fields: Mapping[str, Any], named: str | None, outcome: bytes) -> bool:
        """Take in an entry whose outcome is written exactly as expected; leave any other as it is."""
        try:
            at, kind = fields["at"].encode(), fields["event"]
            _instant(at)
            if named is None or kind not in KINDS or "corrects" in fields or is_step(fields):
                return False
            decision = b"admitted" if kind == "apply" else b"posted"
            head = b'{"seq":%d,"key":%b,"ok":true,"decision":"%b"' % (seq, encode(named).encode(), decision)
            charges = self._expected.charges(seq, fields, decision.decode()) if kind in EXACT else []
        except UNREADABLE:
            return False
        text = b",".join((b"%d" % amount).join(track.parts) for track, amount in charges if amount)
        if outcome != (b'%b,"effects":[%b]}' % (head, text) if text else b"%b}" % head) and not (
            text and _warns(outcome, b"%b," % head, text)
        ):
            return False
        self._post(charges)
        self._note_time(at)
        return True

    def _post(self, charges: list[Charge]) -> None:
        if all(amount >= 0 for _, amount in charges):
            for track, amount in charges:
                if amount:
                    self._runs.add(track, amount)
        else:
            self._runs.post(spread(charges))

    def _check_effects(self, seq: int, fields: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        try:
            stated, draws = read_effects(answer.get("effects", ()), self._expected.books.places)
        except UNREADABLE:
            self._lost(seq, "effects", same(_json(answer.get("effects"))), Text("记账列表", "a list of postings"))
            return
        if answer["ok"] is not True:
            if stated or draws:
                self._fault(seq, "effects", *difference({**stated, **draws}, {}))
            return
        kind, step = fields.get("event"), self._expected.step(seq)
        if not isinstance(kind, str) or kind not in KINDS or (step is not None) != is_step(fields):
            found = Text(f"无从核对的事件 {kind}", f"an event {kind} that cannot be followed")
            self._lost(seq, "event", found, Text("契约中的事件", "an event of the contract"))
            return
        postings = () if step is None else step.postings
        due = {(p.node, p.line, p.balance, p.year): p.change for p in postings if p.change}
        if stated != due:
            self._fault(seq, "effects", *difference(stated, due))
        self._check_draws(seq, fields, answer["decision"], draws)
        if step is not None and step.caps:
            self._runs.step(seq, draws)
        elif draws:
            self._runs.post(draws)

    def _check_draws(self, seq: int, fields: Mapping[str, Any], decision: str, draws: Draws) -> None:
        """Check what is drawn against what the event draws, or else against the tree and the places of rights."""
        kind = fields["event"]
        try:
            if kind in EXACT:
                self._check_exact(seq, fields, decision, draws)
                return
            nodes = self._expected.nodes if kind in BY_ANY else set()
            if kind in NAMING and draws:
                nodes = {self._expected.named(fields)}
        except UNREADABLE as error:
            found = Text(f"无从核对的事件（{error}）", f"an event that names nothing known ({error})")
            self._fault(seq, "effects", found, Text("已有的许可、申请或读数", "a right or reading that is there"))
            return
        for node, water, year, slot, amount in remainders(draws, self._expected.books):
            if node not in nodes:
                found, _ = difference({(node, water, year): [amount * (i == slot) for i in range(SLOTS)]}, {})
                self._fault(seq, "effects", found, Text("只沿权利的链记账", "postings on the ways of rights only"))
                return

    def _check_exact(self, seq: int, fields: Mapping[str, Any], decision: str, draws: Draws) -> None:
        due = spread(self._expected.charges(seq, fields, decision))
        if draws != due and not (decision == "exempt" and not draws):
            self._fault(seq, "effects", *difference(draws, due))
        if "corrects" in fields:
            self._corrected.append((seq, f"{fields['corrects']} {fields['meter']}"))

    # Time

    def _note_at(self, seq: int, fields: Mapping[str, Any]) -> None:
        try:
            at = fields["at"].encode()
            _instant(at)
            self._note_time(at)
        except UNREADABLE:
            expected = Text("带时差的 ISO 8601 时间", "an ISO 8601 time with offset")
            self._lost(seq, "event", same(_json(fields.get("at"))), expected)

    def _note_time(self, at: bytes) -> None:
        """Keep the latest time, in the words in which it first came."""
        held = self._clock
        if len(at) == len(held) and at[-6:] == held[-6:]:
            if at > held:
                self._clock = at
        elif not held or _instant(at) > _instant(held):
            self._clock = at

    # Faults

    def _fault(self, seq: int, code: str, found: Text, expected: Text) -> None:
        if len(self._faults) < AT_MOST:
            self._faults.append(Fault(seq, code, f"journal {seq}", found, expected))

    def _lost(self, seq: int, code: str, found: Text, expected: Text) -> None:
        """Record a fault behind which the balances cannot be summed."""
        self._fault(seq, code, found, expected)
        self._whole = False


def _warns(outcome: bytes, head: bytes, postings: bytes) -> bool:
    """Tell whether an outcome is its head, warnings, and these postings, and nothing else."""
    tail = b',"effects":[%b]}' % postings
    if not (outcome.startswith(head) and outcome.endswith(tail)) or len(outcome) <= len(head) + len(tail):
        return False
    try:
        between = json.loads(b"{%b}" % outcome[len(head) : -len(tail)])
    except UNREADABLE:
        return False
    return isinstance(between, dict) and between.keys() == {"warnings"}


def _has_reasons(refusals: object) -> bool:
    def gives(reason: object, name: str) -> bool:
        return isinstance(reason, dict) and isinstance(reason.get(name), str) and bool(reason[name])

    listed = refusals if isinstance(refusals, list) else []
    return bool(listed) and all(gives(reason, "rule") and gives(reason, "clause") for reason in listed)


def _usable(key: object) -> str | None:
    """Return a key by which an entry can be told from others, None where it is none."""
    if isinstance(key, str) and key.strip() and len(key) <= KEY_MAX and not CONTROL(key):
        return key
    return None


def _instant(at: bytes) -> datetime:
    """Return a time with its offset.

    Raises:
        ValueError: it is none.
    """
    if not INSTANT(at):
        raise ValueError(at)
    return datetime.fromisoformat(at.decode())


def _is_printable(event: bytes) -> bool:
    """Tell whether an event is sound UTF-8 in which no character needs an escape; some that need none are not told."""
    try:
        words = event.decode()
    except UnicodeDecodeError:
        return False
    return words.isprintable() and "\\" not in words


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shown(raw: object) -> str:
    return raw.decode(errors="backslashreplace") if isinstance(raw, bytes) else "NULL" if raw is None else repr(raw)


def check_stretch(source: Source, clerk: Clerk, after: int, upto: int) -> Stretch:
    """Check the entries of a store after one number and up to another; after 0, those with no such number too."""
    previous: bytes | None = ZEROS.encode()
    if after > 0:
        try:
            previous = source.hash_at(after)
        except DamagedError:
            previous = None
    return clerk.check(source.rows(after or LEAST, upto), after, previous or b"")
