"""Measure (Đo lường): what is known. Evidence, assessment, needs, in that order."""
