"""What new means of spending refuse."""

from app.kernel.errors import Conflict


class CoolingOff(Conflict):
    code = "trust.cooling_off"
    message = "新手机、新卡、新密码和新代办人，头三天一天一共最多付 500 分，今天还能付 {left} 分"
