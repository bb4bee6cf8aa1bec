"""The auditor shares no module with the ledger."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import hetao.audit

ALLOWED = {"hetao.errors", "hetao.text", "psycopg"}
FOLDER = Path(hetao.audit.__file__).parent


def imported(file: Path) -> set[str]:
    """Return the modules that a file imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, file
            found.add(str(node.module))
    return found


def test_every_import_is_allowed():
    for file in FOLDER.glob("*.py"):
        for module in imported(file):
            own = module == "hetao.audit" or module.startswith("hetao.audit.")
            assert own or module in ALLOWED or module.split(".")[0] in sys.stdlib_module_names, (file.name, module)


def test_auditing_loads_nothing_of_the_ledger(tmp_path):
    code = (
        "import sys; from hetao.audit import audit_store\n"
        "try: audit_store('sqlite:////nowhere/x.db')\n"
        "except Exception: pass\n"
        "print(*(m for m in sys.modules if m.startswith(('hetao', 'psycopg', 'numpy'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {module for module in done.stdout.split() if not module.startswith("hetao.audit")}
    assert loaded == {"hetao", "hetao.errors", "hetao.text"}
