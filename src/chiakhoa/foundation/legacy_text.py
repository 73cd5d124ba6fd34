"""Vietnamese written for the fonts of the 1990s: TCVN3 (ABC, .VnTime) and VNI (VNI-Times), recognised and made Unicode.

Such text is stored as Western letters that only look right in its font: "NguyÔn V¨n Hïng" is Nguyễn Văn Hùng. A single word may
be right in both readings, so a whole column decides: the reading that makes the most Vietnamese syllables wins.
Tables: TCVN 5712:1993 (TCVN3) and the VNI-Windows character set.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

_TCVN3_FROM = (
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§"
)  # fmt: skip
_TCVN3_TO = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ"
TCVN3 = dict(zip(_TCVN3_FROM, _TCVN3_TO, strict=True))

_VNI_MARKS = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HATS = {
    "â": "\u0302",
    "à": "\u0302\u0300",
    "á": "\u0302\u0301",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
}
_VNI_BREVES = {
    "ê": "\u0306",
    "è": "\u0306\u0300",
    "é": "\u0306\u0301",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_VNI_ALONE = {"ñ": "đ", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ"}


def _vni() -> dict[str, str]:
    """Letter and mark as VNI writes them -> one Vietnamese letter, both cases."""
    found = dict(_VNI_ALONE)
    for base, marks in (
        ("a", _VNI_MARKS | _VNI_HATS | _VNI_BREVES), ("e", _VNI_MARKS | _VNI_HATS), ("o", _VNI_MARKS | _VNI_HATS),
        ("u", _VNI_MARKS), ("y", _VNI_MARKS), ("ô", _VNI_MARKS), ("ö", _VNI_MARKS),
    ):  # fmt: skip
        for sign, mark in marks.items():
            letter = _VNI_ALONE.get(base, base)
            found[base + sign] = unicodedata.normalize("NFC", letter + mark)
    upper = {key.upper(): value.upper() for key, value in found.items()}
    mixed = {key[0].upper() + key[1:]: value.upper() for key, value in found.items()}
    return found | mixed | upper


VNI = _vni()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_WORD = re.compile(r"[A-Za-z\u00a1-\u024f\u0300-\u036f\u1e00-\u1eff]+")
_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
_NUCLEI = (
    "iêu|yêu|oai|oao|oay|oeo|uai|uây|uôi|uya|uyê|uyu|ươi|ươu|uêu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|oo|ua|uâ|uê|ui|uy|uô|uơ|ưa|ưi|ươ|ưu|yê|"
    "a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
)
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?(?:{_NUCLEI})(?:ch|ng|nh|c|m|n|p|t)?")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


def is_syllable(word: str) -> bool:
    """Whether the word is built like a Vietnamese syllable, tone and diacritics included."""
    bare = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)))


def vietnamese_share(text: str) -> float:
    """The share of Vietnamese syllables among the words that hold a letter outside ASCII; 0 where there is none."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def from_tcvn3(text: str) -> str:
    """TCVN3 (ABC) text as Unicode. Its capital font has no codes of its own: a word in capitals becomes one wholly."""
    return _WORD.sub(lambda found: _tcvn3_word(found[0]), text)


def from_vni(text: str) -> str:
    """VNI-Windows text as Unicode."""
    return _VNI_PATTERN.sub(lambda found: VNI[found[0]], text)


def decoder(cells: Iterable[str]) -> Callable[[str], str] | None:
    """The function that makes the column readable; None where it is Unicode already, or no reading makes it Vietnamese."""
    text = "\n".join(cell for cell in cells if not cell.isascii())
    least = max(0.6, vietnamese_share(unicodedata.normalize("NFC", text)) + 0.3)
    shares = {reading: vietnamese_share(reading(text)) for reading in (from_tcvn3, from_vni)}
    best = max(shares, key=lambda reading: shares[reading])
    return best if shares[best] > least else None


def _tcvn3_word(word: str) -> str:
    made = "".join(TCVN3.get(letter, letter) for letter in word)
    plain = [letter for letter in word if letter.isascii() and letter.isalpha()]
    return made.upper() if len(plain) > 1 and all(letter.isupper() for letter in plain) else made
