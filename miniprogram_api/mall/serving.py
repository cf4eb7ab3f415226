"""For which shops and merchants the caller may act, as their grants say at this moment."""

from uuid import UUID

from app.points import ledger
from app.register.identity.roles import Role
from app.web.auth import caller
from mall.merchants import queries as merchants
from mall.merchants.errors import MerchantNotFound
from mall.merchants.models import Shop


def served_shop(shop_id: UUID | None = None) -> Shop:
    """A shop where the caller takes points, as a clerk or as its owner; or their only one.

    Raises:
        ShopNotFound, ShopNotNamed: see ``merchants.queries.served_shop``.
    """
    return merchants.served_shop(
        caller().county_id,
        shop_id=shop_id,
        shop_ids=caller().places(Role.CLERK),
        merchant_ids=caller().places(Role.MERCHANT),
    )


def served_shop_id(shop_id: UUID | None = None) -> UUID:
    """The id of ``served_shop``; a clerk who serves there by their grant is asked nothing more.

    Raises:
        ShopNotFound, ShopNotNamed: see ``merchants.queries.served_shop``.
    """
    served = caller().places(Role.CLERK)
    if shop_id is not None and shop_id in served:
        return shop_id
    if shop_id is None and len(served) == 1 and not caller().places(Role.MERCHANT):
        return served[0]
    return served_shop(shop_id).id


def served_shop_ids() -> list[UUID]:
    """The shops where the caller takes points; none for somebody who serves nowhere."""
    who = caller()
    places = {"shop_ids": who.places(Role.CLERK), "merchant_ids": who.places(Role.MERCHANT)}
    if not any(places.values()):
        return []
    return [shop.id for shop in merchants.served_shops(who.county_id, **places)]


def owned_shop(shop_id: UUID | None) -> Shop:
    """A shop of a merchant for which the caller acts; or their only one.

    Raises:
        ShopNotFound, ShopNotNamed: see ``merchants.queries.served_shop``.
    """
    return merchants.served_shop(
        caller().county_id,
        shop_id=shop_id,
        shop_ids=(),
        merchant_ids=caller().places(Role.MERCHANT),
    )


def own_accounts() -> dict[UUID, ledger.AccountKind]:
    """Whose transfers the caller may see: their household's, and those of shops they serve."""
    who = caller()
    served = merchants.served_shops(
        who.county_id, shop_ids=who.places(Role.CLERK), merchant_ids=who.places(Role.MERCHANT)
    )
    own = {shop.id: ledger.AccountKind.SHOP for shop in served}
    if who.household_id is not None:
        own[who.household_id] = ledger.AccountKind.HOUSEHOLD
    return own


def managed_shop(shop_id: UUID) -> Shop:
    """A shop that the caller manages, as its owner or for the whole county."""
    if Role.COUNTY_ADMIN in caller().roles:
        return merchants.shop(caller().county_id, shop_id)
    return owned_shop(shop_id)


def managed_merchants() -> tuple[UUID, ...] | None:
    """The merchants whose goods the caller manages; none: all of the county's."""
    if Role.COUNTY_ADMIN in caller().roles:
        return None
    return caller().places(Role.MERCHANT)


def managed_merchant(merchant_id: UUID) -> UUID:
    """The merchant, if the caller manages its goods. Raises MerchantNotFound."""
    managed = managed_merchants()
    if managed is not None and merchant_id not in managed:
        raise MerchantNotFound()
    return merchants.merchant(caller().county_id, merchant_id).id
