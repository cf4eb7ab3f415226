"""Household cards, and who may buy with them."""

from app.web.api import Resources
from miniprogram_api.mall.cards import cards, proxies

RESOURCES: Resources = (
    ("/cards", cards.bp),
    ("/proxies", proxies.bp),
)
