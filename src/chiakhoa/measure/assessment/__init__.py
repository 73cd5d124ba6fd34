"""Assessment: measure it. Item bank, adaptive sittings, answers."""
