"""Chìa Khóa: a province registers, measures, plans, trains, certifies, places and reports on its digital workforce.

Floors, each importing only those before it: engines, foundation, ground, measure, train, outcome, demo, site.
"""
