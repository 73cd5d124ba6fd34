"""What every step stands on: readers and rights, actions, audit, jobs, sheets, lists, the page shell and charts.

Knows no step of the loop. Read in this order: readers, actions, audit, jobs, models, listing, sheets.
"""
