"""Goods in Excel: the template, the import with its dry run, and the export.

An export is a file that can be imported: the same columns, every cell a text or a number.
"""

from mall.catalogue.files.importing import Outcome, import_goods
from mall.catalogue.files.writing import export, template

__all__ = ["Outcome", "export", "import_goods", "template"]
