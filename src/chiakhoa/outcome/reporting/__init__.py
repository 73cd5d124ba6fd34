"""Reporting: account for it. Indicators, the dashboard, official reports whose figures open to their rows."""
