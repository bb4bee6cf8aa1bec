"""The tables of a store on PostgreSQL: an append-only journal, and the state that it adds up to.

Texts are compared byte by byte (collation "C"), so that every server orders and tells names apart alike.
"""

from __future__ import annotations

__all__ = ["GUARDS", "SCHEMA", "SCHEMA_VERSION"]

SCHEMA_VERSION = 3
TEXT = 'text COLLATE "C"'

TABLES = (
    f"CREATE TABLE hetao_ledger (version integer NOT NULL, made {TEXT} NOT NULL)",
    f"""CREATE TABLE journal (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  key {TEXT} UNIQUE,
  event {TEXT} NOT NULL,
  outcome {TEXT} NOT NULL,
  hash {TEXT} NOT NULL CHECK (length(hash) = 64)
)""",
    f"""CREATE TABLE tip (
  one integer PRIMARY KEY CHECK (one = 1),
  seq bigint NOT NULL,
  hash {TEXT} NOT NULL,
  clock {TEXT}
)""",
    f"""CREATE TABLE node (
  node {TEXT} PRIMARY KEY,
  name {TEXT} NOT NULL,
  kind {TEXT} NOT NULL CHECK (kind IN ('region', 'league', 'banner', 'unit', 'basin')),
  parent {TEXT} REFERENCES node,
  aquifer {TEXT},
  basins {TEXT} NOT NULL,
  seq bigint NOT NULL UNIQUE
)""",
    f"""CREATE TABLE stated (
  node {TEXT} NOT NULL REFERENCES node,
  water {TEXT} NOT NULL CHECK (water IN ('total', 'surface', 'groundwater', 'unconventional', 'yellow_river')),
  basis {TEXT} NOT NULL CHECK (basis IN ('withdrawal', 'consumption')),
  ecology {TEXT} NOT NULL CHECK (ecology IN ('included', 'excluded')),
  balance {TEXT} NOT NULL CHECK (balance IN ('cap', 'reserve', 'reported')),
  year integer NOT NULL CHECK (year BETWEEN 1 AND 9999),
  amount_m3 bigint NOT NULL CHECK (amount_m3 >= 0),
  document {TEXT} NOT NULL,
  binds {TEXT} NOT NULL,
  moved integer NOT NULL CHECK (moved IN (0, 1)),
  by bigint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (node, water, basis, ecology, balance, year)
)""",
    f"""CREATE TABLE headroom (
  node {TEXT} NOT NULL REFERENCES node,
  water {TEXT} NOT NULL,
  year integer NOT NULL,
  permitted_m3 bigint NOT NULL CHECK (permitted_m3 >= 0),
  planned_m3 bigint NOT NULL CHECK (planned_m3 >= 0),
  used_m3 bigint NOT NULL CHECK (used_m3 >= 0),
  ecology_permitted_m3 bigint NOT NULL CHECK (ecology_permitted_m3 >= 0),
  ecology_planned_m3 bigint NOT NULL CHECK (ecology_planned_m3 >= 0),
  ecology_used_m3 bigint NOT NULL CHECK (ecology_used_m3 >= 0),
  permit_limit_m3 bigint CHECK (permitted_m3 <= permit_limit_m3),
  plan_limit_m3 bigint CHECK (planned_m3 <= plan_limit_m3),
  use_limit_m3 bigint,
  all_permit_limit_m3 bigint CHECK (permitted_m3 + ecology_permitted_m3 <= all_permit_limit_m3),
  all_plan_limit_m3 bigint CHECK (planned_m3 + ecology_planned_m3 <= all_plan_limit_m3),
  all_use_limit_m3 bigint,
  debt_m3 bigint NOT NULL CHECK (debt_m3 >= 0),
  all_debt_m3 bigint NOT NULL CHECK (all_debt_m3 >= 0),
  seq bigint NOT NULL,
  PRIMARY KEY (node, water, year),
  CHECK (used_m3 - debt_m3 <= use_limit_m3),
  CHECK (used_m3 + ecology_used_m3 - all_debt_m3 <= all_use_limit_m3)
) WITH (fillfactor = 50)""",
    f"""CREATE TABLE record (
  kind {TEXT} NOT NULL,
  id {TEXT} NOT NULL,
  body {TEXT} NOT NULL,
  ordinal bigint NOT NULL UNIQUE,
  seq bigint NOT NULL,
  PRIMARY KEY (kind, id)
)""",
    # headroom has no such index and room to spare on its pages: its rows are then changed in place, indexes untouched
    *(f"CREATE INDEX {table}_changed ON {table} (seq)" for table in ("stated", "record")),
)

FUNCTIONS = (
    """CREATE FUNCTION journal_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal) THEN
    RAISE EXCEPTION 'the journal takes the next entry only';
  END IF;
  RETURN NEW;
END $$""",
    """CREATE FUNCTION journal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
)

GUARDS = {
    "journal_appends": "BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_next()",
    "journal_keeps": "BEFORE UPDATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_kept()",
    "journal_holds": "BEFORE DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_kept()",
}

SCHEMA = (
    *TABLES,
    *FUNCTIONS,
    *(f"CREATE TRIGGER {name} {what}" for name, what in GUARDS.items()),
    "REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM PUBLIC, CURRENT_USER",
    f"INSERT INTO tip VALUES (1, 0, '{'0' * 64}', NULL)",
    f"INSERT INTO hetao_ledger VALUES ({SCHEMA_VERSION}, 'hetao')",
)
