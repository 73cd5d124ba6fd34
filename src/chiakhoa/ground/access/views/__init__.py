"""Pages of access: the doors, choosing a role, my account, accounts and roles of others, slips, the trail."""
