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


class SameOffice(Forbidden):
    code = "trust.same_office"
    message = "财政人员提出的由县管理员确认，县管理员提出的由财政人员确认"
    is_traced = True


class TooFresh(Forbidden):
    code = "trust.too_fresh"
    message = "您刚上任不久，还不能替别人把关，请换一位同事来处理"
    is_traced = True
