"""The unified social credit code (统一社会信用代码) of a business licence."""

from stdnum.cn import uscc


def is_licence_number(number: str) -> bool:
    """Whether it is 18 characters whose last one checks the others (GB 32100)."""
    # is_valid() takes spaces and dashes too; what is stored and compared has none.
    return bool(uscc.is_valid(number)) and uscc.compact(number) == number
