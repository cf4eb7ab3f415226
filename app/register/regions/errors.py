"""What the tree of places refuses."""

from app.kernel.errors import Conflict, Invalid, NotFound


class CountyNotFound(NotFound):
    code = "regions.county_not_found"
    message = "没有找到这个区县，请重新选择"


class CountyNotNamed(Invalid):
    """The installation serves several counties (or none yet), and the caller named none."""

    code = "regions.county_not_named"
    message = "请先选择您所在的区县"


class CountyExists(Conflict):
    code = "regions.county_exists"
    message = "区划代码 {county_id} 已经登记过了"


class RegionNotFound(NotFound):
    code = "regions.not_found"
    message = "没有找到这个地方，或不在您管理的范围内"


class RegionExists(Conflict):
    code = "regions.exists"
    message = "这里已经有同名的地方了，请换一个名字"


class NothingInsideGroup(Invalid):
    code = "regions.nothing_inside_a_group"
    message = "组是最小的一级，下面不能再添加地方"


class BadName(Invalid):
    code = "regions.bad_name"
    message = "名称要有 1 到 30 个字"


class SettingOutOfBounds(Invalid):
    code = "regions.setting_out_of_bounds"
    message = "“{what}”要在 {span}之间，请改一改"
