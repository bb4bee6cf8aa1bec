"""The ledger: caps, their breakdown and published uses in an append-only journal, refused before the fact.

Events, outcomes and rules are those of the project's ledger reference: one JSON object an event, every refusal with
its rule, clause and figures, in Chinese and English. The whole state is a function of the journal. Volumes are
integers in m³ a year. Standard library only.
"""

from hetao.audit import Verification
from hetao.ledger.accounts import Account
from hetao.ledger.act import Act
from hetao.ledger.act import acts as all_acts
from hetao.ledger.explain import Explanation, Level
from hetao.ledger.files import read_lines
from hetao.ledger.ledger import Ledger
from hetao.ledger.line import Line
from hetao.ledger.outcome import Effect, Finding, Outcome
from hetao.ledger.rule import Rule
from hetao.ledger.rule import rules as all_rules
from hetao.ledger.store import Head
from hetao.ledger.tree import Node

__all__ = [
    "Account",
    "Act",
    "Effect",
    "Explanation",
    "Finding",
    "Head",
    "Ledger",
    "Level",
    "Line",
    "Node",
    "Outcome",
    "Rule",
    "Verification",
    "all_acts",
    "all_rules",
    "read_lines",
]
