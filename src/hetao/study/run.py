"""Run, check and begin a study: a folder in, results and a report out, all of them or none."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hetao.errors import Place, Problem, Problems, StudyError
from hetao.report.html import render_html
from hetao.report.model import Report, Section, SourceNote
from hetao.report.sections.figures import figures_section
from hetao.report.sections.measure import STATUS_WORDS
from hetao.report.sections.reading import reading_section
from hetao.report.tables import write_tables
from hetao.report.xlsx import write_xlsx
from hetao.study.composite_job import composite_job
from hetao.study.data import StudyData, load_study
from hetao.study.differences_job import differences_job
from hetao.study.hold_job import hold_job
from hetao.study.job import Done, Job
from hetao.study.measure_job import measure_job
from hetao.study.plan_job import plan_job
from hetao.study.register_job import register_job
from hetao.study.target import MANIFEST, check_output
from hetao.study.track_job import track_job
from hetao.text import Text, language

__all__ = ["Checked", "Progress", "Written", "check_study", "run_study"]

Progress = Callable[[Text, float], None]
DEPENDENCIES = ("numpy", "scipy", "narwhals", "highspy", "python-calamine", "XlsxWriter", "jinja2", "fonttools")


@dataclass(frozen=True)
class Written:
    """The files of a finished run.

    Attributes:
        folder: the output folder.
        report: the page.
        workbook: the workbook.
        manifest: fingerprints, versions, certificates and timings.
    """

    folder: Path
    report: Path
    workbook: Path
    manifest: Path


@dataclass(frozen=True)
class Checked:
    """A study in which nothing is wrong.

    Attributes:
        figures: how many figures were read.
        sources: from how many sources.
        misses: how many published totals do not add up.
        jobs: what a run would do.
    """

    figures: int
    sources: int
    misses: int
    jobs: tuple[Text, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the counts for machines."""
        return {
            "figures": self.figures,
            "sources": self.sources,
            "misses": self.misses,
            "jobs": [j.en for j in self.jobs],
        }

    def describe(self) -> str:
        """Return one sentence in the language in use."""
        n, sources, misses = self.figures, self.sources, self.misses
        zh = f"没有问题：{n} 个数字，{sources} 个来源，{misses} 处合计不符；将做："
        en = f"Nothing is wrong: {n} figures, {sources} sources, {misses} totals that do not add up; to do: "
        return str(Text(zh + "、".join(j.zh for j in self.jobs), en + ", ".join(j.en for j in self.jobs)))


def check_study(folder: Path) -> Checked:
    """Read and check a study without computing or writing anything.

    Raises:
        StudyError: everything that is wrong, each with file, sheet, cell or setting, what was expected, the remedy.
    """
    data, jobs = _prepare(folder)
    return Checked(
        len(data.register), len({f.source for f in data.register}), len(data.misses), tuple(j.words for j in jobs)
    )


def run_study(folder: Path, out: Path | None = None, *, progress: Progress | None = None) -> Written:
    """Run a study and write its report, workbook, tables and manifest.

    Args:
        folder: the study folder with its ``study.toml``.
        out: the folder to write; default ``out/NAME`` where the command is run. An earlier run's folder is replaced
            as a whole; one that holds anything that a run does not write is refused.
        progress: called with words and the share done, 0 to 1.

    Returns:
        Where everything is. Two runs of the same study give the same files, but for ``made`` and ``timings_s``.

    Raises:
        StudyError: something is wrong with the study or the output folder; then nothing is written.
    """
    step = progress or (lambda words, done: None)
    target = out if out is not None else Path("out") / folder.resolve().name
    check_output(target)
    if target.is_symlink():
        target = target.resolve()  # what the link leads to is replaced, not the link
    step(Text("读入数据", "Reading the figures"), 0.0)
    started = time.perf_counter()
    data, jobs = _prepare(folder)
    timings = {"read": time.perf_counter() - started}
    done: list[Done] = []
    for i, job in enumerate(jobs):
        step(job.words, (i + 1) / (len(jobs) + 2))
        started = time.perf_counter()
        done.append(job.run({name: level for d in done for name, level in d.levels.items()}))
        timings[job.words.en.lower()] = time.perf_counter() - started
    step(Text("写报告", "Writing the report"), (len(jobs) + 1) / (len(jobs) + 2))
    try:
        written = _write(target, _report(data, done), data, done, timings)
    except OSError as error:
        raise StudyError([_not_written(target, error)]) from error
    step(Text("完成", "Done"), 1.0)
    return written


def _not_written(target: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return Problem(
        "study.not_written",
        Place(file=str(target)),
        Text(f"无法写出（{reason}）", f"a folder that cannot be written ({reason})"),
        Text("可写、有空间的位置", "a place that can be written and has room"),
        Text("用 --out 另指一个文件夹", "name another folder with --out"),
    )


def _prepare(folder: Path) -> tuple[StudyData, list[Job]]:
    data = load_study(folder)
    problems = Problems(StudyError)
    kinds = (measure_job, composite_job, differences_job, hold_job, register_job, plan_job, track_job)
    jobs = [prepare(data, problems) for prepare in kinds]
    problems.raise_if_any()
    return data, [job for job in jobs if job is not None]


def _report(data: StudyData, done: list[Done]) -> Report:
    settings = data.settings
    data_section = figures_section(
        data.register,
        data.chosen,
        data.misses,
        tolerance=settings.tolerance,
        regions={r.id: r.name for r in data.tree},
        indicators={i.key: i.name for i in data.schema},
    )
    readings = [reading for d in done for reading in d.readings]
    guide = [reading_section(readings)] if readings else []
    sections: list[Section] = [*(d.section for d in done), *guide, data_section]
    notes = {k: SourceNote(k, s.publisher, s.title, s.vintage, s.url, s.note) for k, s in data.sources.items()}
    return Report(
        title=settings.title,
        subtitle=settings.subtitle,
        sections=tuple(sections),
        sources=notes,
        facts=_facts(data, done),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _facts(data: StudyData, done: list[Done]) -> tuple[tuple[Text, Text | str], ...]:
    facts: list[tuple[Text, Text | str]] = [
        (Text("版本", "version"), f"hetao {version('hetao')}"),
        (Text("数据指纹", "data fingerprint"), _inputs_hash(data)),
    ]
    for d in done:
        for name, fact in d.facts.items():
            if isinstance(fact, dict) and "certificate" in fact:
                words = _certificate_words(fact["certificate"])
                facts.append((Text(f"证书 {name}", f"certificate {name}"), words))
            elif isinstance(fact, dict) and "head" in fact:
                facts.append((Text("账本末条", "last journal entry"), str(fact["head"])))
    return tuple(facts)


def _certificate_words(c: Mapping[str, Any]) -> Text:
    worst = [f"{c[part]:.1e}" for part in ("primal", "dual", "gap")]
    zh = "，".join(f"{STATUS_WORDS[k].zh} {v}" for k, v in c["statuses"].items())
    en = ", ".join(f"{STATUS_WORDS[k].en} {v}" for k, v in c["statuses"].items())
    return Text(
        f"{c['programmes']} 个规划（{zh}）；最大原始残差 {worst[0]}，对偶残差 {worst[1]}，对偶间隙 {worst[2]}",
        f"{c['programmes']} programmes ({en}); largest primal residual {worst[0]}, dual residual {worst[1]}, "
        f"gap {worst[2]}",
    )


def _inputs(data: StudyData) -> dict[str, str]:
    """Return the SHA-256 of every file of the study."""
    files = ["study.toml", *data.files]
    files += [c.tree for c in data.settings.composite]
    if data.settings.track is not None:
        files.append(data.settings.track.targets)
    if data.settings.register is not None:
        r = data.settings.register
        files += [name for name in (r.caps, r.units, r.permits, r.readings, r.notes) if name]
    if data.settings.plan.portfolio is not None:
        files.append(data.settings.plan.portfolio.projects)
    return {name: hashlib.sha256((data.folder / name).read_bytes()).hexdigest() for name in files}


def _inputs_hash(data: StudyData) -> str:
    return hashlib.sha256(json.dumps(_inputs(data), sort_keys=True).encode()).hexdigest()


def _write(target: Path, report: Report, data: StudyData, done: list[Done], timings: dict[str, float]) -> Written:
    """Write everything beside the target and move it there when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hetao-", dir=target.parent) as made:
        folder = Path(made) / "new"
        folder.mkdir()
        (folder / "report.html").write_text(render_html(report, language()), encoding="utf-8")
        write_xlsx(report, folder / "results.xlsx")
        write_tables(report, folder / "tables")
        for d in done:
            for name, text in d.files.items():
                (folder / name).write_text(text, encoding="utf-8")
        manifest = {
            "study": data.settings.title.en,
            "made": report.made,
            "versions": {"hetao": version("hetao"), **{name: version(name) for name in DEPENDENCIES}},
            "inputs_sha256": _inputs(data),
            "choices": dict(data.chosen.choices),
            "seed": None,
            "results": {name: fact for d in done for name, fact in d.facts.items()},
            "timings_s": {name: round(seconds, 3) for name, seconds in timings.items()},
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=2, default=str) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        if target.exists():
            shutil.move(target, Path(made) / "old")
        shutil.move(folder, target)
    return Written(target, target / "report.html", target / "results.xlsx", target / MANIFEST)
