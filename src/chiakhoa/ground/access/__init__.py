"""Access: who may see and do what? Accounts, role assignments, the reader of a request, the trail."""
