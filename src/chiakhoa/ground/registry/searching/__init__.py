"""Finding people by name among a million: without diacritics, in any order of words, by beginnings of words, with a slip of the pen.

`rules` says what is found; `snapshot` is an index of all names as of a moment, `tables` keeps it, together with whoever was
touched since, which triggers of the database write down, so that no writer can forget it; `finding` reads both.
"""
