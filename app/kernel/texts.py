"""One spelling of what people write, wherever it comes from: files, phones, the command line.

The same name arrives in many forms: copied out of a PDF with radicals for characters, typed with
full-width digits, with another dot between the parts of a name, or from a system that kept rare
characters where Unicode has none. ``name``, ``words``, ``lines`` and ``number`` give each kind of
text its spelling, which is what is kept and shown. ``folded`` is only for comparing.

Nothing is dropped but controls and format characters. What no font can show, ``unreadable`` finds.
Variation selectors stay, since they tell how somebody writes their name; comparing ignores them.
"""

import re
import unicodedata

_RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄"
    "⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻"
    "⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀"
    "⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦"
    "⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜"
    "⻰龙⻱龜⻲亀⻳龟"
)  # radical and ideograph in turn: EquivalentUnifiedIdeograph.txt of Unicode
_GBK_FIRST = 0xE815  # where GBK kept 80 characters, from FE50, that Unicode did not have then
_GBK_LATER = {  # those that came after the tables of Python: GB 18030-2005 and 2022
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}
_HAN = "\u3005\u3007\u3400-\u9fff\ufa0e-\ufa29\U00020000-\U0003fffd"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_DOTS = ".\u00b7\u0387\u2022\u2024\u2027\u2219\u22c5\u25cf\u2e31\u30fb\ua78f\ufe52\uff65"
_KEPT_WIDE = frozenset("！（），：；？～")  # as Chinese is written
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # how Excel keeps what XML cannot
_DOT_OF_A_NAME = re.compile(f"(?<=[{_HAN}{_SELECTORS}])\\s*[{_DOTS}]+\\s*(?=[{_HAN}])")
_BESIDE_HAN = re.compile(f"(?<=[{_HAN}{_SELECTORS}\u00b7]) | (?=[{_HAN}\u00b7])")
_BESIDE_SIGN = re.compile(r" ?([-#/()（）]) ?")
_ANY_DOT = re.compile(f"(?<![0-9])[{_DOTS}]+|[{_DOTS}]+(?![0-9])")
_NOT_BETWEEN_DIGITS = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー"), "-")
_NO_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_BETWEEN_DIGITS = re.compile(r"[\s\-]+")


def words(text: str) -> str:
    """A line of free text, as goods and purposes are named: single spaces stay."""
    return " ".join(_plain(text).split())


def lines(text: str) -> str:
    """Free text that may have several lines."""
    return "\n".join(" ".join(line.split()) for line in _plain(text).splitlines()).strip()


def name(text: str) -> str:
    """A name of a person, place, door or shop.

    Spaces beside Chinese characters and signs are gone, those between letters or numbers stay;
    whatever stands between the parts of a name (阿迪力·买买提) is one kind of dot.
    """
    dotted = _DOT_OF_A_NAME.sub("\u00b7", words(text))
    return _BESIDE_SIGN.sub(r"\1", _BESIDE_HAN.sub("", dotted))


def number(text: str) -> str:
    """A number or code that people type: digits and letters are plain, without spaces."""
    return "".join(_plain(text).translate(_DASHES).split())


def digits(text: str) -> str:
    """What should be digits only, without the spaces and hyphens that people put between them."""
    return _BETWEEN_DIGITS.sub("", number(text))


def folded(text: str) -> str:
    """The same for all forms of one name, for comparing only: never shown, never kept."""
    plain = unicodedata.normalize("NFKC", name(text)).translate(_NO_SELECTORS)
    dotted = _ANY_DOT.sub("\u00b7", plain.casefold().translate(_DASHES))
    return _NOT_BETWEEN_DIGITS.sub("", dotted)


def are_digits(text: str) -> bool:
    """Whether there is nothing but digits, and at least one: those that a machine reads."""
    return text.isascii() and text.isdecimal()


def unreadable(text: str) -> int | None:
    """Which character, from 1, is none that others can read, or None if all are.

    That are characters that a program made up for itself, halves, and what stands for one that
    was lost on the way.
    """
    for place, character in enumerate(text, start=1):
        if character == "\ufffd" or _is_nothing(character):
            return place
    return None


def _is_nothing(character: str) -> bool:
    code = ord(character)
    is_later = 0x20000 <= code <= 0x3FFFD and code & 0xFFFE != 0xFFFE  # only ideographs, ever
    is_later |= 0x1F000 <= code <= 0x1FAFF  # pictures
    return unicodedata.category(character) in {"Cn", "Co", "Cs"} and not is_later


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        # Excel writes a character beyond U+FFFF as two halves.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFC", text).translate(_PLAIN).strip()


class _Plain(dict[int, str | None]):
    """For each character its plain form, worked out when it is met; None has it dropped."""

    def __missing__(self, code: int) -> str | None:
        plain = self[code] = _plain_form(chr(code))
        return plain


def _plain_form(character: str) -> str | None:
    code, category = ord(character), unicodedata.category(character)
    if character in "\t\n\v\f\r\x85" or category in {"Zl", "Zp"}:
        return "\n" if character != "\t" else " "
    if category in {"Cc", "Cf"}:
        return None
    if category == "Zs":
        return " "
    is_wide = 0xFF01 <= code <= 0xFFDC and character not in _KEPT_WIDE
    is_kangxi = 0x2F00 <= code <= 0x2FD5
    is_small_or_vertical = 0xFB00 <= code <= 0xFB06 or 0xFE10 <= code <= 0xFE6B
    if is_wide or is_kangxi or (is_small_or_vertical and category != "Mn"):
        return unicodedata.normalize("NFKC", character)
    return character


def _from_gbk() -> dict[int, str]:
    """Where the characters are now that GBK kept; not the radicals, which stand in no name."""
    trails = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
    found = {
        code: chr(_GBK_LATER[code])
        if code in _GBK_LATER
        else bytes((0xFE, trail)).decode("gb18030")
        for code, trail in enumerate(trails, start=_GBK_FIRST)
    }
    return {code: now for code, now in found.items() if re.fullmatch(f"[{_HAN}]", now)}


_PLAIN = _Plain(dict(zip(map(ord, _RADICALS[::2]), _RADICALS[1::2], strict=True)) | _from_gbk())
