"""Schemas of the record types that only Minox has."""
