"""Finding people by name among a million: without diacritics, words in any order, beginnings of words, a slip of the pen.

`rules` says what is found; `snapshot` is an index of all names as of a moment, `tables` keeps it, together with whoever was
touched since, which triggers of the database write down, so that no writer can forget it; `finding` reads both.
"""
