"""What people may type to find goods: a part of the name, its pinyin, or its initials."""

WORDS_MAX = 5


def search_text(name: str, *numbers: str | None) -> str:
    """The text in which goods are looked for: ``食盐 shiyan sy 6901…``, in small letters."""
    from pypinyin import Style, lazy_pinyin  # a dictionary, which few processes need

    spoken = "".join(lazy_pinyin(name))
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    parts = [name, spoken, initials, *(number for number in numbers if number)]
    return " ".join(parts).lower()


def patterns(query: str) -> list[str]:
    """A LIKE pattern, escaped with a backslash, for each word of what somebody typed."""
    return [f"%{_escaped(word)}%" for word in query.lower().split()[:WORDS_MAX]]


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
