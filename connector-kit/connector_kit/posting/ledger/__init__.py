"""The ledger: what was intended, sent and confirmed, on SQLite or PostgreSQL."""

from connector_kit.posting.ledger.ledger import ABSENT, NOT_OURS, PROVED_ABSENT, Binding, Entry, Ledger, State

__all__ = ["ABSENT", "NOT_OURS", "PROVED_ABSENT", "Binding", "Entry", "Ledger", "State"]
