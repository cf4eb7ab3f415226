"""Goods, and where they are offered."""

from app.web.api import Resources
from miniprogram_api.mall.catalogue import catalogue, goods, goods_files, shelves

RESOURCES: Resources = (
    ("/goods", goods.bp),
    ("", goods_files.bp),
    ("/catalogue", catalogue.bp),
    ("/shops", shelves.bp),
)
