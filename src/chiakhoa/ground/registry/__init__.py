"""Registry: who is there, in which body? Bodies, people, memberships, consents."""
