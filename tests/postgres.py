"""A private PostgreSQL cluster for tests and benchmarks: a folder of its own, reached by a unix socket only.

fsync stays on, since durability is what is tested and timed; pytest is not needed. Run as a script, this file prints
where PostgreSQL's binaries are, or ends with exit code 1 and says what is missing.
"""

from __future__ import annotations

import itertools
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from typing import Self

    from psycopg import Connection
    from psycopg.rows import TupleRow

DEBIAN = Path("/usr/lib/postgresql")
PORT = 5432  # names the socket file; no port is opened
NEEDED = ("initdb", "pg_ctl", "postgres")
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
port = {port}
fsync = on
"""


class PostgresMissingError(RuntimeError):
    """This machine cannot run a PostgreSQL server; the message says what it lacks."""


def _told_by_pg_config() -> list[Path]:
    """Return the folder that ``pg_config`` names, if it is there and names one."""
    if not shutil.which("pg_config"):
        return []
    told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
    return [Path(told.stdout.strip())] if told.returncode == 0 and told.stdout.strip() else []


def _installed_by_debian() -> list[Path]:
    """Return the folders of Debian's packages, newest version first."""
    by_version = {tuple(map(int, re.findall(r"\d+", folder.parent.name))): folder for folder in DEBIAN.glob("*/bin")}
    return [by_version[version] for version in sorted(by_version, reverse=True)]


def find_binaries() -> Path:
    """Return the folder of the server's binaries: client packages bring ``pg_config`` too, so they must lie there."""
    for folder in (*_told_by_pg_config(), *_installed_by_debian()):
        if all(os.access(folder / name, os.X_OK) for name in NEEDED):
            return folder
    raise PostgresMissingError(
        f"PostgreSQL's server is not installed: no folder of pg_config or {DEBIAN} has {', '.join(NEEDED)}; "
        "on Debian run: apt install postgresql"
    )


def find_owner() -> pwd.struct_passwd:
    """Return the account that owns the cluster: the current one, or ``postgres`` for root, whom the server refuses."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresMissingError(
            "PostgreSQL's server does not run as root, and there is no account `postgres` to run it as"
        ) from None


class Cluster:
    """A new cluster that runs from ``with Cluster() as cluster:`` to the end of the block and leaves nothing behind."""

    def __init__(self) -> None:
        self._binaries = find_binaries()
        self._owner = find_owner()
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="hetao-postgres-"))
        try:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
            self._initialise()
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._remove()

    def start(self) -> None:
        """Start the server, after `stop` too, and wait until it takes connections."""
        self._run("pg_ctl", "start", "--wait", "--silent", "-D", "data", "-l", "log")

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server: ``fast`` in good order, ``immediate`` as a crash that the next start must recover from."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "-D", "data", "-m", how)

    def url(self, database: str) -> str:
        """Return the address of a database of this cluster."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}&port={PORT}"

    def connect(self, database: str = "postgres") -> Connection[TupleRow]:
        """Return a new connection of the superuser, in autocommit."""
        import psycopg

        return psycopg.connect(self.url(database), autocommit=True)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Create a database and give its address; at the end drop it, whoever is still connected."""
        from psycopg.sql import SQL, Identifier

        name = f"hetao_{next(self._numbers)}"
        with self.connect() as admin:
            admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield self.url(name)
        finally:
            with self.connect() as admin:
                admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _initialise(self) -> None:
        how = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", *how, "-D", "data")
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(SETTINGS.format(folder=self.folder, port=PORT))

    def _remove(self) -> None:
        try:
            if (self.folder / "data" / "postmaster.pid").exists():
                self.stop("immediate")
        finally:
            shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs in the folder as its owner; what it prints is told when it fails."""
        user, group, others = (self._owner.pw_uid, self._owner.pw_gid, ()) if os.geteuid() == 0 else (None, None, None)
        command = [str(self._binaries / program), *arguments]
        ended = subprocess.run(
            command,
            cwd=self.folder,
            user=user,
            group=group,
            extra_groups=others,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            log = self.folder / "log"
            kept = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
            raise RuntimeError(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}{kept}")


def main() -> int:
    """Say where the binaries are, or what is missing."""
    try:
        print(find_binaries())
        find_owner()
    except PostgresMissingError as missing:
        print(f"\n*** {missing}\n*** Without it the tests that need PostgreSQL do not run.\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
