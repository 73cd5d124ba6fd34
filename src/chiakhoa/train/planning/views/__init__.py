"""The pages of planning: plans (demand, one plan), asking (assumptions, the search), tabs, classes, comparing."""
