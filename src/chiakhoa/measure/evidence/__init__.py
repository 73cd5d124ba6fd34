"""Evidence: what do we know about each person, how surely? The append-only ledger and the competence state."""
