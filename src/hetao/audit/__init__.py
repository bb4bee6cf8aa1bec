"""The independent checker of what the ledger keeps: it reads the bytes itself and shares no module with the ledger."""

from hetao.audit.store import audit_store
from hetao.audit.verification import Verification

__all__ = ["Verification", "audit_store"]
