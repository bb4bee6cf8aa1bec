"""``hetao ledger …``: thin commands on the water ledger. Exit codes: 0 well, 1 refused or wrong, 2 bad input."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hetao.cli_usage import BAD_INPUT
from hetao.errors import Place, ProblemsError
from hetao.text import Text

if TYPE_CHECKING:
    from hetao.ledger import Explanation, Finding, Ledger

__all__ = ["app"]

REFUSED = 1
GARBAGE_AFTER = 50_000  # objects made; Python's own 700 go through all records of a long replay over and over

app = typer.Typer(
    no_args_is_help=True,
    help=str(
        Text(
            "水账：回放、入账、说明、余量、到期、年度填报、导出、核验、重建、模拟。",
            "The water ledger: replay, apply, explain, headroom, due, returns, export, verify, rebuild, simulate.",
        )
    ),
)


def _help(zh: str, en: str) -> str:
    return str(Text(zh, en))


Store = Annotated[
    str,
    typer.Option(
        "--store",
        help=_help("账本地址：sqlite:///file.db 或 postgresql://…", "the store: sqlite:///file.db or postgresql://…"),
    ),
]
Anchor = Annotated[
    Path | None,
    typer.Option("--anchor", help=_help("账本之外记录末条的文件", "a file outside the store that holds its head")),
]
AsJson = Annotated[bool, typer.Option("--json", help=_help("输出 JSON", "print JSON"))]


@app.callback()
def _main() -> None:
    """Let Python look for garbage less often: the records of a ledger live as long as it is open."""
    gc.set_threshold(GARBAGE_AFTER)


def _print(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


@contextmanager
def _problems_as(*, as_json: bool) -> Iterator[None]:
    """Print what is wrong with the input as JSON where JSON is asked for; else leave it to the command line."""
    try:
        yield
    except ProblemsError as error:
        if not as_json:
            raise
        _print({"ok": False, "problems": [p.as_dict() for p in error.problems]})
        raise typer.Exit(BAD_INPUT) from None


def _open_existing(store: str, anchor: Path | None = None) -> Ledger:
    """Open a store for writing that must be there already."""
    from hetao.ledger import Ledger

    Ledger.open(store, read_only=True).close()
    return Ledger.open(store, anchor=anchor)


@app.command(
    help=_help(
        "把事件文件（每行一个 JSON）送入账本，逐行打印结果。",
        "Feed a file of events, one JSON a line, to a store; print one outcome a line.",
    )
)
def replay(
    file: Annotated[Path, typer.Argument(help=_help("事件文件", "the file of events"))],
    store: Store,
    anchor: Anchor = None,
) -> None:
    """Replay events into a ledger."""
    from hetao.ledger import Ledger, read_lines

    lines = read_lines(file)
    first = list(islice(lines, 1))  # a file that cannot be read is told before a store is made
    all_well = True
    with Ledger.open(store, anchor=anchor) as ledger, _counting(file) as count:
        for outcome in ledger.replay(count(chain(first, lines))):
            all_well &= outcome.ok
            sys.stdout.write(f"{outcome.to_json()}\n")
    if not all_well:
        raise typer.Exit(REFUSED)


@app.command(help=_help("送入一个事件（JSON；- 为标准输入）。", "Hand in one event (JSON; - for standard input)."))
def apply(
    event: Annotated[str, typer.Argument(help=_help("事件的 JSON", "the event as JSON"))],
    store: Store,
    anchor: Anchor = None,
) -> None:
    """Apply one event."""
    from hetao.ledger import Ledger

    line = typer.get_binary_stream("stdin").read().decode("utf-8-sig", "surrogateescape") if event == "-" else event
    with Ledger.open(store, anchor=anchor) as ledger:
        outcome = ledger.apply(line)
    typer.echo(outcome.to_json())
    if not outcome.ok:
        raise typer.Exit(REFUSED)


@app.command(
    help=_help(
        "不入账地回答：某地取某量可否，哪一级、哪条规则阻止，差多少，最多可批多少。",
        "Answer without posting: may this volume be had here; which level and rule blocks it, by how much; "
        "the largest that would pass.",
    )
)
def explain(
    store: Store,
    node: Annotated[str | None, typer.Option("--node", help=_help("地点", "the place"))] = None,
    water: Annotated[
        str | None, typer.Option("--water", help=_help("水源，默认地下水", "the water, groundwater by default"))
    ] = None,
    volume: Annotated[
        str | None, typer.Option("--volume", help=_help("年水量，如 5万m³", "m³ a year, e.g. 5万m³"))
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help=_help("起日", "the first day"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=_help("止日", "the last day"))] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help=_help("用途，默认 industry", "the purpose, industry by default"))
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help=_help("申请日", "the day on which it is asked"))] = None,
    event: Annotated[
        str, typer.Option("--event", help=_help("申请的其他字段（JSON）", "further fields of an application, as JSON"))
    ] = "{}",
    as_json: AsJson = False,
) -> None:
    """Explain what would become of an application."""
    given: dict[str, Any] = {"node": node, "water": water, "from": start, "to": end, "purpose": purpose}
    given["at"] = None if at is None else f"{_day(at, '--at')}T00:00:00+08:00"
    asked = {name: value for name, value in given.items() if value is not None}
    further = _further(event, (*asked, *(() if volume is None else ("volume_m3",))))
    with _problems_as(as_json=as_json):
        found = _answer(store, {"water": "groundwater"} | asked | further, volume)
    if as_json:
        _print(found.as_dict())
    else:
        _show_explanation(found)
    if not found.ok:
        raise typer.Exit(REFUSED)


def _answer(store: str, asked: dict[str, Any], volume: str | None) -> Explanation:
    """Ask a ledger for a volume as people write it; one that cannot be read is told with all else that is wrong."""
    from hetao.errors import LedgerError, Problems
    from hetao.ledger import Ledger

    problems = Problems(LedgerError)
    if volume is not None:
        asked["volume_m3"] = problems.attempt(lambda: _volume_m3(volume), Place(item="--volume")) or 0
    with Ledger.open(store, read_only=True) as ledger:
        found = problems.attempt(lambda: ledger.explain(asked))
    problems.raise_if_any()
    assert found is not None
    return found


def _further(event: str, asked: Collection[str]) -> dict[str, Any]:
    """Return the fields of an application that are given as JSON, none of which may be given otherwise too."""
    from hetao.ledger.event import Malformed, read_event

    further = read_event(event)
    if isinstance(further, Malformed):
        words = _help(
            f'一个 JSON 对象，如 {{"deep": true}}（{further.reason.zh}）',
            f'one JSON object, e.g. {{"deep": true}} ({further.reason.en})',
        )
        raise typer.BadParameter(words, param_hint="--event")
    if twice := [name for name in further.raw if name in asked]:
        words = _help(f"选项已给出 {', '.join(twice)}", f"{', '.join(twice)} stands in an option too")
        raise typer.BadParameter(words, param_hint="--event")
    return dict(further.raw)


def _volume_m3(text: str) -> int:
    """Return a volume in m³, which is the unit of a number that names none."""
    from hetao.errors import UnitsError
    from hetao.units import read_number, read_volume

    try:
        number = read_number(text)
    except UnitsError:
        return read_volume(text)
    return read_volume(number, "m3")


def _show_explanation(found: Explanation) -> None:
    from hetao.text import language

    zh = language() == "zh"
    if found.ok:
        typer.echo(_help(f"可以：{found.volume_m3:,} m³", f"Yes: {found.volume_m3:,} m³"))
    else:
        typer.echo(
            _help(
                f"不可以（{found.decision}）：{found.volume_m3:,} m³", f"No ({found.decision}): {found.volume_m3:,} m³"
            )
        )
    if found.largest_m3 is None:
        typer.echo(_help("任何水量都不能通过", "No volume would pass"))
    else:
        typer.echo(_help(f"最多可批 {found.largest_m3:,} m³", f"The largest that would pass: {found.largest_m3:,} m³"))
    for finding in (*found.reasons, *found.warnings):
        typer.echo(f"  {finding.rule}  {finding.text.zh if zh else finding.text.en}")
    for level in found.levels:
        words = _help(
            f"上限 {level.cap_m3:,}，已许可 {level.permitted_m3:,}，余 {level.room_m3:,} m³",
            f"cap {level.cap_m3:,}, permitted {level.permitted_m3:,}, left {level.room_m3:,} m³",
        )
        typer.echo(f"  {level.node}  {level.line.label}  {level.year}: {words}")


@app.command(
    help=_help(
        "列出各账户的上限、许可、计划、用水与余量。", "List the accounts: cap, permitted, planned, used, headroom."
    )
)
def headroom(
    store: Store,
    node: Annotated[str | None, typer.Option("--node", help=_help("只列此节点", "only this node"))] = None,
    water: Annotated[str | None, typer.Option("--water", help=_help("只列此水源", "only this water"))] = None,
    year: Annotated[int | None, typer.Option("--year", min=1, max=9999, help=_help("年份", "the year"))] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help=_help("截至此日（含）", "as it stood at the end of this day"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List accounts."""
    import dataclasses

    from hetao.ledger import Ledger
    from hetao.ledger.line import WATERS

    day = None if as_of is None else _day(as_of, "--as-of")
    if water is not None:
        _one_of(water, {name: label.zh for name, label in WATERS.items()}, "--water")
    with _problems_as(as_json=as_json), Ledger.open(store, read_only=True) as ledger:
        if node is not None:
            _one_of(node, {n.node: n.name for n in ledger.nodes()}, "--node")
        accounts = ledger.accounts(node=node, water=water, year=year, as_of=day)
    if as_json:
        for account in accounts:
            _print(dataclasses.asdict(account))
        return
    names = (
        *("cap_m3", "limit_m3", "moved_m3", "permitted_m3", "headroom_m3", "broken_down_m3", "reserve_m3"),
        *("unallocated_m3", "planned_m3", "used_m3", "reported_m3", "debt_m3"),
    )
    typer.echo("\t".join(("node", "line", "year", *names)))
    for account in accounts:
        line = f"{account.water}/{account.basis}/{account.ecology}"
        cells = (getattr(account, name) for name in names)
        typer.echo("\t".join((account.node, line, str(account.year), *("" if c is None else str(c) for c in cells))))


def _one_of(text: str, known: Mapping[str, str], option: str) -> None:
    """Refuse a name that is none of those known, each with what it is called, and offer the closest."""
    from difflib import SequenceMatcher

    def likeness(name: str) -> float:
        """Return how much a name, or what it is called, is like the one that was given."""
        return max(SequenceMatcher(None, text.lower(), each.lower()).ratio() for each in (name, known[name]))

    if text not in known:
        closest = sorted(known, key=likeness, reverse=True)[:3]
        listed = ", ".join(f"{name} ({known[name]})" for name in closest) or "–"
        raise typer.BadParameter(
            _help(f"未知的“{text}”；最接近的：{listed}", f"“{text}” is not known; the closest: {listed}"),
            param_hint=option,
        )


def _day(text: str, option: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        words = _help(f"应为 YYYY-MM-DD 日期，不是“{text}”", f"a day as YYYY-MM-DD, not “{text}”")
        raise typer.BadParameter(words, param_hint=option) from None


@app.command(
    help=_help(
        "列出到某日为止应办而尚未提出的事项；不入账（入账用 tick 事件）。",
        "List what falls due up to a day and was not raised yet; nothing is posted (a tick event posts it).",
    )
)
def due(
    store: Store,
    day: Annotated[str, typer.Option("--at", help=_help("日期", "the day"))],
    as_json: AsJson = False,
) -> None:
    """List what is due."""
    from hetao.ledger import Ledger

    until = _day(day, "--at")
    with _problems_as(as_json=as_json), Ledger.open(store, read_only=True) as ledger:
        found = ledger.due(until)
    for finding in found:
        _show_finding(finding, as_json=as_json)


def _show_finding(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        _print(finding.as_dict())
    else:
        typer.echo(f"{finding.rule}\t{finding.node or ''}\t{finding.text}")


@app.command(
    help=_help(
        "批量录入年度填报（xlsx、csv 等）：先试后记，错误逐格指出。",
        "Take in yearly returns in bulk (xlsx, csv …): tried first, every wrong cell told.",
    )
)
def returns(
    file: Annotated[Path, typer.Argument(help=_help("填报文件", "the file of returns"))],
    store: Store,
    by: Annotated[str, typer.Option("--by", help=_help("填报人", "who files them"))],
    at: Annotated[str, typer.Option("--at", help=_help("填报时间", "when they were filed, ISO 8601 with offset"))] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=_help("工作表", "the sheet"))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_help("只试不记", "try only, post nothing"))] = False,
    good_rows: Annotated[
        bool, typer.Option("--good-rows", help=_help("只记无误的行", "post the rows that are right"))
    ] = False,
    anchor: Anchor = None,
    as_json: AsJson = False,
) -> None:
    """File yearly returns."""
    from hetao.filing import file_returns
    from hetao.ledger import Ledger

    with _problems_as(as_json=as_json):
        opened = Ledger.open(store, read_only=True) if dry_run else _open_existing(store, anchor)
        with opened as ledger:
            filed = file_returns(ledger, file, by=by, at=at, sheet=sheet, dry_run=dry_run, good_rows=good_rows)
    if as_json:
        _print(filed.as_dict())
    else:
        for place, finding in filed.remarks:
            typer.echo(f"{place.describe()}: {finding.rule} {finding.text}")
        for problem in filed.problems:
            typer.echo(problem.describe(), err=True)
        typer.echo(
            _help(
                f"{filed.rows} 行；入账 {filed.posted}，重复 {filed.duplicates}，错误 {filed.wrong}",
                f"{filed.rows} rows: {filed.posted} posted, {filed.duplicates} known before, {filed.wrong} wrong",
            )
        )
    if not filed.ok:
        raise typer.Exit(BAD_INPUT)


@app.command(help=_help("按顺序打印全部事件。", "Print the journal back, one event a line."))
def export(store: Store) -> None:
    """Export a ledger."""
    from hetao.ledger import Ledger

    with Ledger.open(store, read_only=True) as ledger:
        for line in ledger.export():
            sys.stdout.write(f"{line}\n")


@app.command(
    help=_help(
        "用独立的程序核验文件、哈希链、锚与全部余额。",
        "Check files, hash chain, anchor and every balance by code of its own.",
    )
)
def verify(
    store: Store,
    anchor: Anchor = None,
    rejudge: Annotated[
        bool,
        typer.Option("--rejudge", help=_help("并逐件重新裁决（慢）", "also judge every event again (slow)")),
    ] = False,
) -> None:
    """Verify a ledger."""
    from hetao.audit import audit_store
    from hetao.ledger import Ledger

    found = audit_store(store, anchor=anchor)
    if rejudge and found.ok:  # a store that contradicts its anchor is not opened, only audited
        with Ledger.open(store, read_only=True) as ledger:
            found = ledger.verify(anchor, rejudged=True)
    _print(found.as_dict())
    if not found.ok:
        raise typer.Exit(REFUSED)


@app.command(help=_help("由日志重建余额等旁表。", "Make the tables beside the journal anew from the journal."))
def rebuild(store: Store) -> None:
    """Rebuild the state."""
    with _open_existing(store) as ledger:
        entries = ledger.rebuild()
    typer.echo(_help(f"由 {entries} 条日志重建", f"Rebuilt from {entries} entries"))


@app.command(
    help=_help(
        "确定性模拟：随机的合法与非法事件，对照参考模型；失败时给出种子。",
        "Deterministic simulation: random lawful and unlawful acts against a reference model; "
        "a failure gives its seed.",
    )
)
def simulate(
    seed: Annotated[int, typer.Option("--seed", help=_help("种子", "the seed"))] = 0,
    acts: Annotated[int, typer.Option("--acts", min=1, help=_help("事件数", "how many acts"))] = 10_000,
    store: Annotated[
        str, typer.Option("--store", help=_help("空的账本；默认在内存中", "an empty store; in memory by default"))
    ] = "sqlite:///:memory:",
) -> None:
    """Simulate."""
    from hetao.ledger.simulate import simulate as run

    with _progress() as step:
        report = run(seed=seed, acts=acts, store=store, progress=lambda done: step(done / acts))
    _print(report.as_dict())
    if not report.ok:
        raise typer.Exit(REFUSED)


@contextmanager
def _counting(file: Path) -> Iterator[Callable[[Iterator[str]], Iterator[str]]]:
    """Show on a terminal how much of a file has been read, where the outcomes go elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda lines: lines
        return
    size = max(1, file.stat().st_size)
    with _progress() as step:

        def counted(lines: Iterator[str]) -> Iterator[str]:
            """Yield the lines, and show how far they have been read."""
            read = 0
            for number, line in enumerate(lines):
                read += len(line.encode(errors="replace"))
                if number % 1000 == 0:
                    step(read / size)
                yield line

        yield counted


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal and nothing elsewhere; the step is told the share done, 0 to 1."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda done: bar.update(task, completed=done)
