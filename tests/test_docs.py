"""The documentation is tested: its examples run, it names everything public, and both languages say the same.

How a page is run, block by block in its order, in an empty folder of its own:

- a block with ``title="NAME"`` is the file NAME; it is written;
- a ``python`` block is executed, all of a page's blocks in one namespace;
- in a ``sh`` block every line that starts with ``hetao `` goes to `hetao.cli.main` (``> FILE`` is understood), and must
  end with the exit code that its comment ``# exit code N`` names, 0 without one; other lines are for the reader;
- a ``text`` block right behind one of these is what it prints, to the character; ``…`` stands for anything.

Other blocks are for the reader only.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import hetao.errors
import hetao.study.settings
from hetao.cli import app, main
from hetao.ledger import all_acts, all_rules
from hetao.measure.composite.families import AGGREGATIONS, GAPS, NORMALISATIONS, WEIGHTINGS
from hetao.plan import RULES
from hetao.text import Language, use_language
from hetao.track import PATHS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
READMES: dict[Language, Path] = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
LANGUAGES: tuple[Language, ...] = ("en", "zh")
MODULES = (
    "hetao",
    "hetao.measure",
    "hetao.figures",
    "hetao.units",
    "hetao.errors",
    "hetao.ledger",
    "hetao.audit",
    "hetao.filing",
    "hetao.plan",
    "hetao.plan.retrofit",
    "hetao.track",
    "hetao.study",
    "hetao.text",
)
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')
DIRECTIVE = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
EXIT = re.compile(r"# exit code (\d+)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its file name, its text, its first line's number, and whether it is output."""

    kind: str
    title: str
    code: str
    line: int
    output: bool

    @property
    def shared(self) -> tuple[str, str, str]:
        """What must be the same in both languages."""
        return self.kind, self.title, self.code


def blocks_of(text: str) -> list[Block]:
    found: list[Block] = []
    end = None
    for match in FENCE.finditer(text):
        kind, _, rest = match["info"].strip().partition(" ")
        named = TITLE.search(rest)
        follows = end is not None and not text[end : match.start()].strip()
        output = kind == "text" and follows and bool(found) and found[-1].kind in ("python", "sh")
        line = text.count("\n", 0, match.start()) + 2
        found.append(Block(kind, named[1] if named else "", textwrap.dedent(match["code"]), line, output))
        end = match.end()
    return found


def pages(lang: Language) -> dict[str, Path]:
    listed = {path.relative_to(DOCS / lang).as_posix(): path for path in sorted((DOCS / lang).rglob("*.md"))}
    return {**listed, "README": READMES[lang]}


def run_command(line: str, folder: Path) -> str:
    """Run one ``hetao`` command as it stands on a page and return what it prints."""
    words = shlex.split(line, comments=True)
    target = None
    if ">" in words:
        at = words.index(">")
        words, target = words[:at], words[at + 1]
    out, code = io.StringIO(), 0
    errors = out if target is None else io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            main(words[1:])
        except SystemExit as ended:
            code = int(ended.code or 0)
    named = EXIT.search(line)
    expected = int(named[1]) if named else 0
    assert code == expected, f"{line}: exit code {code}\n{out.getvalue()}"
    if target is None:
        return out.getvalue()
    (folder / target).write_text(out.getvalue(), encoding="utf-8")
    return ""


def run_block(block: Block, folder: Path, namespace: dict[str, Any], page: str) -> str | None:
    """Run one block and return what it prints; None where it is nothing to run."""
    if block.title:
        path = folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code, encoding="utf-8")
        return None
    if block.kind == "python":
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block.code, f"{page}:{block.line}", "exec"), namespace)
        return out.getvalue()
    if block.kind == "sh":
        return "".join(run_command(c, folder) for c in block.code.splitlines() if c.startswith("hetao "))
    return None


def matches(printed: str, shown: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in shown.strip("\n").split("…"))
    return re.fullmatch(pattern, "\n".join(x.rstrip() for x in printed.strip("\n").splitlines()), re.DOTALL) is not None


CASES = [pytest.param(lang, path, id=f"{lang}/{name}") for lang in LANGUAGES for name, path in pages(lang).items()]


@pytest.mark.parametrize(("lang", "path"), CASES)
def test_the_examples_of_a_page_run_and_print_what_it_says(
    lang: Language, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    namespace: dict[str, Any] = {"__name__": "page"}
    printed: str | None = None
    with use_language(lang):
        for block in blocks_of(path.read_text(encoding="utf-8")):
            if block.output:
                assert printed is not None
                assert matches(printed, block.code), f"{path.name}:{block.line}: it prints\n{printed}"
            else:
                printed = run_block(block, tmp_path, namespace, path.name)


def test_a_wrong_output_is_noticed():
    assert matches("a 1\nb 2\n", "a 1\nb 2\n")
    assert matches("a 1\nb 2\n", "a …\n")
    assert not matches("a 1\nb 2\n", "a 1\n")
    assert not matches("a 1\n", "a 2\n")


def test_both_languages_have_the_same_pages():
    assert pages("en").keys() == pages("zh").keys()


@pytest.mark.parametrize("name", sorted(pages("en")))
def test_both_languages_have_the_same_blocks(name: str):
    found = {lang: blocks_of(pages(lang)[name].read_text(encoding="utf-8")) for lang in LANGUAGES}
    shared = {lang: [b.shared for b in listed if b.kind != "text"] for lang, listed in found.items()}
    assert shared["en"] == shared["zh"]
    assert [(b.kind, b.output) for b in found["en"]] == [(b.kind, b.output) for b in found["zh"]]


@pytest.mark.parametrize("name", sorted(pages("en")))
def test_both_languages_have_the_same_shape(name: str):
    """Headings of the same levels, tables of the same size, the same links and the same reference entries."""
    texts = {lang: FENCE.sub("", pages(lang)[name].read_text(encoding="utf-8")) for lang in LANGUAGES}
    for part in (r"^#+(?= )", r"^\|(?=.*\|$)"):
        marks = {lang: re.findall(part, text, re.MULTILINE) for lang, text in texts.items()}
        assert marks["en"] == marks["zh"]
    assert DIRECTIVE.findall(texts["en"]) == DIRECTIVE.findall(texts["zh"])


def test_the_navigation_lists_every_page():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"[\w-]+(?:/[\w-]+)*\.md", settings))
    assert listed == pages("en").keys() - {"README"}


def resolve(dotted: str) -> object:
    """Return what a dotted name stands for."""
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_stands_on_a_reference_page(lang: Language, module: str):
    text = "\n".join(p.read_text(encoding="utf-8") for n, p in pages(lang).items() if n.startswith("reference/"))
    named = DIRECTIVE.findall(text)
    assert len(named) == len(set(named))
    public = {f"{module}.{name}" for name in importlib.import_module(module).__all__}
    documented = {id(resolve(dotted)) for dotted in named}  # the same thing may be public in two places
    assert {name for name in public.difference(named) if id(resolve(name)) not in documented} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_is_documented_and_drawn(lang: Language):
    text = (DOCS / lang / "reference" / "errors.md").read_text(encoding="utf-8")
    tree = {n for n, e in vars(hetao.errors).items() if isinstance(e, type) and issubclass(e, Exception)}
    assert {name for name in tree if f"::: hetao.errors.{name}\n" in text} == tree


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_member_of_a_family_is_named_with_its_title(lang: Language):
    composite = (GAPS, NORMALISATIONS, WEIGHTINGS, AGGREGATIONS)
    pairs = (
        *(("plan", RULES), ("track", PATHS), ("ledger", all_rules()), ("ledger", all_acts())),
        *(("measure/composite", family) for family in composite),
    )
    for page, family in pairs:
        text = (DOCS / lang / "reference" / f"{page}.md").read_text(encoding="utf-8")
        for name, member in family.items():
            shown = getattr(member, "id", name)
            assert f"| `{shown}` | {member.title.in_language(lang)} |" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_of_an_event_is_named(lang: Language):
    text = (DOCS / lang / "reference" / "ledger.md").read_text(encoding="utf-8")
    assert {name for act in all_acts().values() for name in act.all_fields if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_and_option_is_documented(lang: Language):
    import typer

    text = (DOCS / lang / "reference" / "cli.md").read_text(encoding="utf-8")
    command = typer.main.get_command(app)
    assert {x for x in _words(command, "hetao") if f"`{x}" not in text} == set()


def _words(command: Any, path: str) -> Iterator[str]:
    """Yield the path of every command and the long name of each of its options."""
    yield path
    for parameter in command.params:
        yield from (option for option in parameter.opts if option.startswith("--"))
    for name, below in getattr(command, "commands", {}).items():
        yield from _words(below, f"{path} {name}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_setting_of_a_study_is_documented(lang: Language):
    text = (DOCS / lang / "reference" / "study.md").read_text(encoding="utf-8")
    settings = hetao.study.settings
    own = [kind for name in settings.__all__ if is_dataclass(kind := getattr(settings, name))]
    names = {f.name for kind in own for f in fields(kind)} - {"name", "caps", "uses"} | {"cap", "use"}
    assert {name for name in names if not re.search(rf"`(\[plan\.)?{name}\]?`", text)} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_links_lead_to_files(lang: Language):
    for path in (*pages(lang).values(), ROOT / "CONTRIBUTING.md"):
        targets = LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
        inside = [t.partition("#")[0] for t in targets if not re.match(r"[a-z]+:", t)]
        assert [t for t in inside if t and not (path.parent / t).exists()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_readme_begins_with_the_two_commands_and_the_picture(lang: Language):
    first = READMES[lang].read_text(encoding="utf-8").splitlines()[:40]
    shown = "\n".join(first)
    assert "make demo" in shown
    assert "make test" in shown
    assert f"docs/images/report-{lang}.png" in shown
    other = READMES["zh" if lang == "en" else "en"].name
    assert f"({other})" in shown
