"""Mandates: what was ordered, by when, with what money? Documents, tasks, targets, budget lines."""
