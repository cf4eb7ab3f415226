"""Why a roster is refused as a whole."""

from app.kernel.errors import Conflict, Invalid


class WorkbookEmpty(Invalid):
    code = "roster.empty"
    message = "文件是空的，请重新选择名册文件"


class WorkbookTooLarge(Invalid):
    """Too many bytes, as sent or unpacked."""

    code = "roster.too_large"
    message = "文件太大，请删掉图片和多余的工作表，或按村分成几个文件再导入"


class WorkbookEncrypted(Invalid):
    code = "roster.encrypted"
    message = "文件有打开密码，请在 Excel 里取消密码后再导入"


class WorkbookTooOld(Invalid):
    code = "roster.old_format"
    message = "这是旧版 Excel 文件（.xls），请在 Excel 里“另存为”.xlsx 后再导入"


class NotAWorkbook(Invalid):
    code = "roster.not_a_workbook"
    message = "打不开这个文件：它不是 Excel 文件（.xlsx），或已损坏，请用 Excel 另存一次再导入"


class SheetMissing(Invalid):
    code = "roster.sheet_missing"
    message = (
        "没有找到名为“{wanted}”的工作表，文件里有：{found}。请把名册所在的工作表改名为“{wanted}”"
    )


class TooManyRows(Invalid):
    code = "roster.too_many_rows"
    message = "表格超过 {most} 行（带格式的空白行也算）：请删除名册下面的空白行，或按村分成几个文件"


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
