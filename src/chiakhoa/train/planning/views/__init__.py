"""The pages of planning: plans (demand, asking, one plan), comparing."""
