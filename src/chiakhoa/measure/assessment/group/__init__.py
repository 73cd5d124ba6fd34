"""The test of 12 questions that a group takes from one link: its tables, which questions, what the group can do, the notice."""
