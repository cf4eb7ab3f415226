"""The county's tree of categories, two levels deep."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from mall.catalogue.errors import CategoryInUse, CategoryNotFound, CategoryTaken, CategoryTooDeep
from mall.catalogue.models import Category, Goods


def add_category(
    *,
    county_id: int,
    parent_id: UUID | None,
    name: str,
    position: int,
    by: UUID | None,
    at: datetime,
) -> Category:
    """Enter a category; ``parent_id`` is a category of the first level, or none for one itself.

    Raises:
        CategoryNotFound: there is no such parent in the county.
        CategoryTooDeep: the parent lies in another category.
        CategoryTaken: its parent has one of this name.
    """
    if parent_id is not None and _locked_category(county_id, parent_id).parent_id is not None:
        raise CategoryTooDeep()
    category_id = db.session.scalar(
        insert(Category)
        .values(
            id=uuid7(at), county_id=county_id, parent_id=parent_id, name=name, position=position
        )
        .on_conflict_do_nothing()
        .returning(Category.id)
    )
    if category_id is None:
        raise CategoryTaken()
    _trace("catalogue.add_category", county_id, category_id, by, at)
    return db.session.get_one(Category, category_id)


def remove_category(*, county_id: int, category_id: UUID, by: UUID, at: datetime) -> None:
    """Remove a category that holds nothing.

    Raises:
        CategoryNotFound: there is no such category in the county.
        CategoryInUse: goods or other categories lie in it.
    """
    category = _locked_category(county_id, category_id)
    held = or_(
        select(Goods.id).where(Goods.category_id == category_id).exists(),
        select(Category.id).where(Category.parent_id == category_id).exists(),
    )
    if db.session.scalar(select(held)):
        raise CategoryInUse()
    db.session.delete(category)
    _trace("catalogue.remove_category", county_id, category_id, by, at)


def categories(county_id: int) -> Sequence[Category]:
    """All categories of the county, in the order in which people see them."""
    return db.session.scalars(
        select(Category)
        .where(Category.county_id == county_id)
        .order_by(Category.parent_id.is_not(None), Category.position, Category.name, Category.id)
    ).all()


def known_category(county_id: int, category_id: UUID) -> Category:
    """The category. Raises CategoryNotFound, also for one of another county."""
    found = db.session.get(Category, category_id)
    if found is None or found.county_id != county_id:
        raise CategoryNotFound()
    return found


def _locked_category(county_id: int, category_id: UUID) -> Category:
    """The category, locked until commit: nothing is put into one that is being removed."""
    found = db.session.scalar(
        locked(select(Category).where(Category.county_id == county_id, Category.id == category_id))
    )
    if found is None:
        raise CategoryNotFound()
    return found


def _trace(action: str, county_id: int, category_id: UUID, by: UUID | None, at: datetime) -> None:
    subject = ("goods_category", category_id)
    audit.record(action, county_id=county_id, actor_id=by, subject=subject, at=at)
