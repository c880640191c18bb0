"""Runs pipelines for many administrations."""
