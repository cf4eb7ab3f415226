"""What assets, labels and bags refuse."""

from app.kernel.errors import Conflict, Invalid, NotFound


class CodeMisread(Invalid):
    code = "assets.code_misread"
    message = "这个码没有读对，请对准再扫一次，或对照标签重新输入"


class CodeUnknown(NotFound):
    """Nobody's, or another county's: who asks may not know which."""

    code = "assets.code_unknown"
    message = "没有找到这个码，请再扫一次；如果还是不行，请联系村管理员"


class LabelEnded(Conflict):
    code = "assets.label_ended"
    message = "这张标签已更换，不能再用，请换一张新标签"


class LabelAttached(Conflict):
    """The label hangs somewhere already, or the asset has one and nobody said what became of it."""

    code = "assets.label_attached"
    message = "这里已经贴有标签。如果要换，请说明旧标签怎么了；新标签要用没贴过的"


class BagForged(Invalid):
    code = "assets.bag_forged"
    message = "这个袋子上的码不是我们印的，请改扫垃圾桶或门牌上的码"


class AssetNotFound(NotFound):
    code = "assets.not_found"
    message = "没有找到这个设施，或不在您管理的范围内"


class RollNotFound(NotFound):
    code = "assets.roll_not_found"
    message = "没有找到这卷袋子，或不在您管理的范围内"


class RollIssued(Conflict):
    code = "assets.roll_issued"
    message = "这卷袋子已经发出去或作废了，请刷新后查看"


class HouseholdNotFound(NotFound):
    code = "assets.household_not_found"
    message = "没有找到这户，或不在您管理的范围内"


class PlaceNotFound(NotFound):
    code = "assets.place_not_found"
    message = "没有找到这个地方，或不在您管理的范围内"


class NumberTaken(Conflict):
    code = "assets.number_taken"
    message = "这个编号或车牌已经登记过了，请核对后换一个"


class FactsUnfit(Invalid):
    """``field`` is what does not fit the kind of asset."""

    code = "assets.facts_unfit"
    message = "填写的内容对不上：{why}"


class StepNotPossible(Conflict):
    code = "assets.step_not_possible"
    message = "这个设施现在不能这样改，请刷新后再看"


class PositionNeeded(Invalid):
    code = "assets.position_needed"
    message = "投入使用前要先登记位置，请在地图上点一下"


class NothingToImport(Invalid):
    code = "assets.no_rows"
    message = "文件里没有设施：请从第 2 行起，每行填一个"


class FileHasProblems(Invalid):
    """``problems`` lists the first of them by row; ``total`` counts all."""

    code = "assets.has_problems"
    message = "文件里有 {total} 处问题，没有导入任何内容，请按提示改好后重新导入"
