"""The live bank calibrated from stored answers: one person asks for it, it is computed, a second person adopts it or does not."""
