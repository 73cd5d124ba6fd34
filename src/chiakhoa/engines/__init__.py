"""Pure computation: arrays in, arrays out; no Django, no database, no clock, no global random state."""
