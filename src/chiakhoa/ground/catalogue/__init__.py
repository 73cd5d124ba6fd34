"""Catalogue: what can be taught, by whom, where? Courses, providers, trainers, venues, norms."""
