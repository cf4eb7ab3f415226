"""What new means of spending refuse."""

from app.kernel.errors import Conflict, Forbidden


class CoolingOff(Conflict):
    code = "trust.cooling_off"
    message = "新手机、新卡、新密码和新代办人，头三天一天一共最多付 500 分，今天还能付 {left} 分"


class LiaisonNamedLately(Forbidden):
    """Whoever named them, or bound their phone, could else agree to their own card."""

    code = "trust.liaison_named_lately"
    message = (
        "这位联系党员是经办人这个月刚指定或刚绑定的，不能替这户点头，"
        "请住户自己用手机同意，或请组长到场"
    )
    is_traced = True


class NewPhoneSaysNoYes(Forbidden):
    """Whoever bound it a day ago could else agree for the household to what they propose."""

    code = "trust.new_phone"
    message = "这部手机绑定不到三天，还不能替全家点头，请用家里原来的手机，或请镇里看证件同意"
    is_traced = True
