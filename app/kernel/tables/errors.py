"""Why a file is refused as a whole."""

from app.kernel.errors import Invalid


class WorkbookEmpty(Invalid):
    code = "workbook.empty"
    message = "文件是空的，请重新选择文件"


class WorkbookTooLarge(Invalid):
    """Too many bytes, as sent or unpacked."""

    code = "workbook.too_large"
    message = "文件太大：请删掉图片、多余的工作表和表格外的空白行列，或分成几个文件再导入"


class WorkbookEncrypted(Invalid):
    code = "workbook.encrypted"
    message = "文件有打开密码，请在 Excel 或 WPS 里取消密码后再导入"


class WorkbookTooOld(Invalid):
    code = "workbook.old_format"
    message = "这是旧格式的文件（.xls 或 .et），请在 Excel 或 WPS 里“另存为”.xlsx 后再导入"


class NotAWorkbook(Invalid):
    code = "workbook.not_a_workbook"
    message = (
        "打不开这个文件：它不是 Excel 文件（.xlsx），或已损坏，请用 Excel 或 WPS 另存一次再导入"
    )


class NotText(Invalid):
    code = "workbook.not_text"
    message = "看不懂这个文件，请用 Excel 或 WPS 另存为 .xlsx 或“CSV UTF-8”后再导入"


class SheetMissing(Invalid):
    code = "workbook.sheet_missing"
    message = (
        "没有找到名为“{wanted}”的工作表，文件里有：{found}。请把要导入的工作表改名为“{wanted}”"
    )


class TooManyRows(Invalid):
    code = "workbook.too_many_rows"
    message = "表格超过 {most} 行（带格式的空白行也算）：请删除下面的空白行，或分成几个文件"
