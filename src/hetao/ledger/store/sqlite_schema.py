"""The tables of a store on SQLite: an append-only journal, and the state that it adds up to."""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "GUARDS", "SCHEMA", "SCHEMA_VERSION"]

APPLICATION_ID = 0x6865_746F  # "heto" in the file's header
SCHEMA_VERSION = 3

GUARDS = {
    "journal_appends": """CREATE TRIGGER journal_appends BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal)
  OR EXISTS (SELECT 1 FROM journal WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'the journal takes the next entry only, with a new key'); END""",
    "journal_keeps": """CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "journal_holds": """CREATE TRIGGER journal_holds BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
}

TABLES = (
    """CREATE TABLE journal (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  key TEXT UNIQUE,
  event TEXT NOT NULL,
  outcome TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT""",
    """CREATE TABLE tip (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  clock TEXT
) STRICT""",
    """CREATE TABLE node (
  node TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('region', 'league', 'banner', 'unit', 'basin')),
  parent TEXT REFERENCES node,
  aquifer TEXT,
  basins TEXT NOT NULL,
  seq INTEGER NOT NULL UNIQUE
) STRICT""",
    """CREATE TABLE stated (
  node TEXT NOT NULL REFERENCES node,
  water TEXT NOT NULL CHECK (water IN ('total', 'surface', 'groundwater', 'unconventional', 'yellow_river')),
  basis TEXT NOT NULL CHECK (basis IN ('withdrawal', 'consumption')),
  ecology TEXT NOT NULL CHECK (ecology IN ('included', 'excluded')),
  balance TEXT NOT NULL CHECK (balance IN ('cap', 'reserve', 'reported')),
  year INTEGER NOT NULL CHECK (year BETWEEN 1 AND 9999),
  amount_m3 INTEGER NOT NULL CHECK (amount_m3 >= 0),
  document TEXT NOT NULL,
  binds TEXT NOT NULL,
  moved INTEGER NOT NULL CHECK (moved IN (0, 1)),
  by INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (node, water, basis, ecology, balance, year)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE headroom (
  node TEXT NOT NULL REFERENCES node,
  water TEXT NOT NULL,
  year INTEGER NOT NULL,
  permitted_m3 INTEGER NOT NULL CHECK (permitted_m3 >= 0),
  planned_m3 INTEGER NOT NULL CHECK (planned_m3 >= 0),
  used_m3 INTEGER NOT NULL CHECK (used_m3 >= 0),
  ecology_permitted_m3 INTEGER NOT NULL CHECK (ecology_permitted_m3 >= 0),
  ecology_planned_m3 INTEGER NOT NULL CHECK (ecology_planned_m3 >= 0),
  ecology_used_m3 INTEGER NOT NULL CHECK (ecology_used_m3 >= 0),
  permit_limit_m3 INTEGER CHECK (permitted_m3 <= permit_limit_m3),
  plan_limit_m3 INTEGER CHECK (planned_m3 <= plan_limit_m3),
  use_limit_m3 INTEGER CHECK (used_m3 - debt_m3 <= use_limit_m3),
  all_permit_limit_m3 INTEGER CHECK (permitted_m3 + ecology_permitted_m3 <= all_permit_limit_m3),
  all_plan_limit_m3 INTEGER CHECK (planned_m3 + ecology_planned_m3 <= all_plan_limit_m3),
  all_use_limit_m3 INTEGER CHECK (used_m3 + ecology_used_m3 - all_debt_m3 <= all_use_limit_m3),
  debt_m3 INTEGER NOT NULL CHECK (debt_m3 >= 0),
  all_debt_m3 INTEGER NOT NULL CHECK (all_debt_m3 >= 0),
  seq INTEGER NOT NULL,
  PRIMARY KEY (node, water, year)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE record (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  ordinal INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  UNIQUE (kind, id)
) STRICT""",
    *(f"CREATE INDEX {table}_changed ON {table} (seq)" for table in ("stated", "record")),
)

SCHEMA = (*TABLES, *GUARDS.values())
