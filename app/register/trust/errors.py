"""Why somebody cannot be the second person. Another phone of the maker: decisions.SamePerson."""

from app.kernel.errors import Forbidden


class SameHousehold(Forbidden):
    code = "trust.same_household"
    message = "这件事和您自己家有关，请换一位同事来处理"
    is_traced = True


class Related(Forbidden):
    code = "trust.related"
    message = "这件事和您家的亲友户有关，请换一位同事来处理"
    is_traced = True


class Interested(Forbidden):
    code = "trust.interested"
    message = "这件事和您经营或服务的地方有关，请换一位同事来处理"
    is_traced = True
