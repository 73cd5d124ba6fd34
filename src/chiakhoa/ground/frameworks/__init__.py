"""Frameworks: what must they be able to do? Competences, grades, crosswalks, required profiles."""
