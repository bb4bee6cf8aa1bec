"""What one rule said, as facts, with the words checked on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hetao.ledger import Finding


def facts_of(rule: str, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the facts of a rule's findings in their order; every one has words in both languages, all filled in."""
    mine = [finding for finding in findings if finding.rule == rule]
    for finding in mine:
        assert finding.clause
        for words in finding.text:
            assert words
            assert "{" not in words
    return [dict(finding.facts) for finding in mine]
