"""Outcome (Kết quả): what came of it. Placement, reporting, in that order."""
