"""The ledger: caps, their breakdown and published uses in an append-only journal, refused before the fact.

Events, outcomes and rules are those of the project's ledger reference: one JSON object an event, every refusal with
its rule, clause and figures, in Chinese and English. The whole state is a function of the journal. Volumes are
integers in m³ a year. Standard library only.
"""

from hetao.ledger.accounts import Account
from hetao.ledger.act import Act, acts
from hetao.ledger.files import read_lines
from hetao.ledger.ledger import Ledger
from hetao.ledger.outcome import Effect, Finding, Outcome
from hetao.ledger.rule import Rule, rules
from hetao.ledger.state import Line, Node
from hetao.ledger.store import Head
from hetao.ledger.verify import Verification

__all__ = [
    "Account",
    "Act",
    "Effect",
    "Finding",
    "Head",
    "Ledger",
    "Line",
    "Node",
    "Outcome",
    "Rule",
    "Verification",
    "acts",
    "read_lines",
    "rules",
]
