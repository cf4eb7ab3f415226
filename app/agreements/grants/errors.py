"""What granting roles refuses beyond what the register does."""

from app.kernel.errors import Conflict, Forbidden, Invalid


class BadIdNumber(Invalid):
    code = "identity.bad_id_number"
    message = "身份证号不对，请看着证件重新填写"


class AuditorFromAbove(Forbidden):
    """Whom the auditor watches does not choose them."""

    code = "identity.auditor_from_above"
    message = "审计员由上级指派，县里不能自己任命"


class EnteredOnce(Conflict):
    """The command line enters the first ones only; from then on people propose and confirm."""

    code = "identity.entered_once"
    message = "命令行只登记最初的两位县管理员和一位审计员；请用 --by 写明由谁提出，再由另一位确认"
