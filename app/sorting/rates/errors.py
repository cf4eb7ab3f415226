"""What rates refuse."""

from app.kernel.errors import Invalid


class BadBounds(Invalid):
    code = "rates.bad_bounds"
    message = "三条分数线要从高到低，都在 0 分以上、100 分以下"
