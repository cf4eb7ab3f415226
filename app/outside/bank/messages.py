"""Reading ISO 20022 messages: no document type, no entities, amounts from their text alone."""

from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.kernel.units import fen_from_yuan

CURRENCY = "CNY"


class BadMessage(Exception):
    """The message is not what it should be; the text is for people, in Chinese."""


def message(content: bytes, name: str) -> Element:
    """The element ``name`` of the message, its namespace taken off all names.

    Any version of a message is read: what we need of them has stayed the same.

    Raises:
        BadMessage: no XML, another message, or XML that declares types or entities.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadMessage("文件不是规范的 XML，或含有不允许的声明，请从银行重新下载") from None
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    found = root.find(name)
    if root.tag != "Document" or found is None:
        raise BadMessage(f"这不是 {name} 报文，请确认选对了文件")
    return found


def text(element: Element, path: str) -> str:
    """The text at the path, or nothing."""
    return (element.findtext(path) or "").strip()


def needed(element: Element, path: str) -> str:
    found = text(element, path)
    if not found:
        raise BadMessage(f"缺少 {path}")
    return found


def amount_fen(element: Element, path: str) -> int:
    """The amount at the path, in fen."""
    found = element.find(path)
    if found is None:
        raise BadMessage(f"缺少金额 {path}")
    if found.get("Ccy") != CURRENCY:
        raise BadMessage("币种不是人民币（CNY）")
    return fen_of(found.text or "")


def fen_of(words: str) -> int:
    """Fen of an amount without sign or thousands, as ISO 20022 writes it; never by a float."""
    words = words.strip()
    whole, _, decimals = words.partition(".")
    try:
        if "," in words or words.startswith("-") or decimals[2:].strip("0"):
            raise ValueError
        return fen_from_yuan(f"{whole}.{decimals[:2] or '0'}")
    except ValueError:
        raise BadMessage("金额看不懂，应为 1234.50 这样的写法") from None


def day(element: Element, path: str) -> date:
    """The day at the path, of a date or of an instant."""
    for words in (text(element, f"{path}/Dt"), text(element, f"{path}/DtTm")[:10]):
        try:
            return date.fromisoformat(words)
        except ValueError:
            continue
    raise BadMessage(f"日期 {path} 看不懂")
