"""Imports of the files people really have: Đọc › Ghép cột › Xem trước › Đã nhận.

Read in this order: layout and headings (where the list is, what its columns mean), cells (what a cell means), kinds (what can be
imported; later steps declare theirs), reading (a file as records, with faults and notes), judging (new, changed, same, doubtful,
refused). Writing is in `registry.actions.imports`. The preview is the same reading and judging as the registration.
"""
