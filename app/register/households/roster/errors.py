"""Why a roster is refused as a whole."""

from app.kernel.errors import Conflict, Invalid


class NothingToImport(Invalid):
    code = "roster.no_rows"
    message = "名册里没有住户：请从第 2 行起，每行填一户"


class RosterHasProblems(Invalid):
    """``problems`` lists the first of them by row; ``total`` counts all."""

    code = "roster.has_problems"
    message = "名册里有 {total} 处问题，没有导入任何内容，请按提示改好后重新导入"


class ImportRunning(Conflict):
    code = "roster.import_running"
    message = "正在导入另一份名册，请等它完成后再试"
