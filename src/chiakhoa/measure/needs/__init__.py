"""Needs: who falls short of what, where? Gaps by commune, audience and competence."""
