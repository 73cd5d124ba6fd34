"""The synthetic province: a seeded simulator that uses the same actions as everybody. Said to be synthetic on every page."""
