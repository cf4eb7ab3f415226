"""What a label and a bag say: sixteen symbols that a camera reads and a person can type.

One letter of kind, fourteen symbols of Crockford's base 32 (no I, L, O or U), one check symbol. A
code is no secret and gives no right. A bag's fourteen are its roll, its place in the roll and 25
bits of a code under a key: bags are not rows, and nobody prints one that we did not order.
"""

import hmac
import re
import secrets

from app.kernel import texts
from app.kernel.secrets import vault
from app.register.assets.errors import BagForged, CodeMisread

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
BAG = "G"
LETTERS = "HNTRVPS"  # door plate, bin, booth, room, vehicle, plant, other
ROLL_SYMBOLS, INDEX_SYMBOLS, MAC_SYMBOLS = 7, 2, 5
_CODE = re.compile(f"[{LETTERS}{BAG}][{ALPHABET}]{{{LENGTH - 1}}}")
_EPC = re.compile("(?:[0-9A-F]{4}){4,16}")
_TYPED = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None})
_LINK = re.compile(r"https?://[^/]+/q/([^/?#]+)/?")


def check_symbol(body: str) -> str:
    """The symbol after a body: Luhn's, counted by 32."""
    total, factor = 0, 2
    for symbol in reversed(body):
        addend = factor * ALPHABET.index(symbol)
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return ALPHABET[-total % 32]


def new_code(letter: str) -> str:
    """A code that nothing has: 70 bits by chance."""
    body = letter + random_symbols(LENGTH - 2)
    return body + check_symbol(body)


def random_symbols(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def read(text: str) -> str:
    """The code that was scanned, as the whole text of its QR, or typed.

    Raises:
        CodeMisread: it cannot be one, a symbol of it is wrong, or two are swapped.
    """
    link = _LINK.fullmatch(text.strip())
    typed = texts.number(link[1] if link else text).upper()
    code = typed.translate(_TYPED)
    if not _CODE.fullmatch(code) or check_symbol(code[:-1]) != code[-1]:
        raise CodeMisread()
    return code


def read_chip(text: str) -> str:
    """The EPC of a chip, in capital hexadecimal digits.

    Raises:
        CodeMisread: it is none.
    """
    epc = texts.number(text).upper()
    if not _EPC.fullmatch(epc):
        raise CodeMisread()
    return epc


def is_chip(text: str) -> bool:
    """Whether the text is a chip's, and no code of ours: those are sixteen symbols and checked."""
    typed = texts.number(text).upper()
    if not _EPC.fullmatch(typed):
        return False
    return len(typed) != LENGTH or not (
        _CODE.fullmatch(typed) and check_symbol(typed[:-1]) == typed[-1]
    )


def bag_key() -> bytes:
    """The installation's: of the key that indexes are made with, which never changes either."""
    return vault().index("bag key 1", "bags")


def bag_code(key: bytes, county_id: int, roll: str, index: int) -> str:
    """What stands on one bag of a roll; ``index`` counts from 0."""
    first = BAG + roll + ALPHABET[index // 32] + ALPHABET[index % 32]
    body = first + _mac(key, county_id, first)
    return body + check_symbol(body)


def roll_and_index(key: bytes, county_id: int, code: str) -> tuple[str, int]:
    """Of which roll a bag is, and its place in it.

    Raises:
        BagForged: we did not print it, or not for this county.
    """
    first, mac = code[: 1 + ROLL_SYMBOLS + INDEX_SYMBOLS], code[-1 - MAC_SYMBOLS : -1]
    if not hmac.compare_digest(_mac(key, county_id, first), mac):
        raise BagForged()
    index = ALPHABET.index(first[-2]) * 32 + ALPHABET.index(first[-1])
    return first[1 : 1 + ROLL_SYMBOLS], index


def _mac(key: bytes, county_id: int, first: str) -> str:
    digest = hmac.digest(key, f"fen bag 1\0{county_id}\0{first}".encode(), "sha256")
    bits = int.from_bytes(digest[:4]) >> 7
    return "".join(ALPHABET[bits >> shift & 31] for shift in (20, 15, 10, 5, 0))
