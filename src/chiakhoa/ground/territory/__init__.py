"""Territory: where, and on which day's map? Units with dates, their successions, the map."""
