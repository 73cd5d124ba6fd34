"""Placement: use it. Agreements, openings, applications, stable matching."""
