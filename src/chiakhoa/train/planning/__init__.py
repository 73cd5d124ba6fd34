"""Planning: which classes, where, for whom, at what price? Demand, scenarios, plans with a bound."""
