"""The statements in a file, whichever of the two formats the bank gave."""

from app.outside.bank.camt import parse_camt053
from app.outside.bank.csv_statement import parse_csv_statements
from app.outside.bank.statement import FILE_BYTES_MAX, BadStatement, Statement

_XML = (b"<", b"\xef\xbb\xbf<")


def parse_statements(content: bytes) -> tuple[Statement, ...]:
    """The statements in the file, a day each, every sum checked: camt.053 (XML), or CSV.

    Raises:
        BadStatement: the file is not a statement, or does not add up; nothing of it is to be
            used. All problems are listed with row and column.
    """
    if len(content) > FILE_BYTES_MAX:
        raise BadStatement.one("文件超过 5 MB，请按天导出对账单")
    if not content.strip():
        raise BadStatement.one("文件是空的，请重新下载")
    if content.lstrip().startswith(_XML):
        return parse_camt053(content)
    return parse_csv_statements(content)
