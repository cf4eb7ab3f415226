"""Reading ISO 20022 messages: no document type, no entities, amounts from their text alone."""

import re
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.kernel import clock, texts
from app.outside.bank.amounts import fen_of_parts

CURRENCY = "CNY"
_CURRENCIES = {CURRENCY, "RMB"}
_CHINESE = re.compile(rb"<\?xml[^>]*encoding=.(?:gb[\w-]*|x-gbk).[^>]*\?>", re.IGNORECASE)


class BadMessage(Exception):
    """The message is not what it should be; the text is for people, in Chinese."""


def message(content: bytes, name: str) -> Element:
    """The element ``name`` of the message, its namespace taken off all names.

    Any version of a message is read: what we need of them has stayed the same.

    Raises:
        BadMessage: no XML, another message, or XML that declares types or entities.
    """
    try:
        root: Element = fromstring(_readable(content), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadMessage("文件不是规范的 XML，或含有不允许的声明，请从银行重新下载") from None
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    found = root.find(name)
    if root.tag != "Document" or found is None:
        raise BadMessage(f"这不是 {name} 报文，请确认选对了文件")
    return found


def _readable(content: bytes) -> bytes | str:
    """The message as the parser knows it, which has none of China's encodings."""
    declared = _CHINESE.match(content.lstrip())
    return content if declared is None else content.lstrip()[declared.end() :].decode("gb18030")


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
    if found.get("Ccy") not in _CURRENCIES:
        raise BadMessage("币种不是人民币（CNY）")
    return fen_of(found.text or "")


def fen_of(words: str) -> int:
    """Fen of an amount without a minus or thousands, as ISO 20022 writes it; never by a float."""
    whole, _, decimals = words.strip().removeprefix("+").partition(".")
    try:
        if not texts.are_digits(whole + decimals):
            raise ValueError
        return fen_of_parts("", whole, decimals)
    except ValueError:
        raise BadMessage("金额看不懂，应为 1234.50 这样的写法") from None


def day(element: Element, path: str) -> date:
    """The day in China at the path, of a date or of an instant in any zone."""
    for words in (text(element, f"{path}/Dt"), text(element, f"{path}/DtTm")):
        try:
            return _day_of(words)
        except ValueError:
            continue
    raise BadMessage(f"日期 {path} 看不懂")


def _day_of(words: str) -> date:
    on, _, time = words.partition("T")
    if not time or time.startswith("24:00:00"):  # the end of a day is of that day
        return date.fromisoformat(on[:10])  # a zone behind a day changes nothing
    at = datetime.fromisoformat(words)
    return at.date() if at.tzinfo is None else clock.day_of(at)
