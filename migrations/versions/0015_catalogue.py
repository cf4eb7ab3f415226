"""Applying merchants, shops with hours and places, and the catalogue with its stock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _merchants()
    _shops()
    _goods()
    _offers()
    # What a price was and where a piece went stays.
    op.execute("REVOKE UPDATE, DELETE ON price_changes, stock_moves FROM fen_app")
    op.execute("REVOKE DELETE ON goods, offers, merchant_applications FROM fen_app")


def _merchants() -> None:
    op.add_column("merchants", sa.Column("contact_phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("merchants", sa.Column("approved_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_merchants_approved_by"), "merchants", "users", ["approved_by"], ["id"]
    )
    op.create_table(
        "merchant_applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("licence_number", sa.Text(), nullable=False),
        sa.Column("contact_phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("payee_account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payee_account_tail", sa.Text(), nullable=False),
        sa.Column("payee_bank", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'applied') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_merchant_applications_decision_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (merchant_id IS NOT NULL)",
            name=op.f("ck_merchant_applications_made_a_merchant"),
        ),
        sa.CheckConstraint(
            "(state = 'rejected') = (reason IS NOT NULL)",
            name=op.f("ck_merchant_applications_rejected_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'approved', 'rejected')",
            name=op.f("ck_merchant_applications_state_is_known"),
        ),
        sa.CheckConstraint(
            "decided_by <> applied_by", name=op.f("ck_merchant_applications_decided_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["users.id"], name=op.f("fk_merchant_applications_applied_by")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_merchant_applications_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_merchant_applications_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_merchant_applications_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_applications")),
    )
    op.create_index(
        "ix_merchant_applications_county_id",
        "merchant_applications",
        ["county_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_merchant_applications_open_applicant",
        "merchant_applications",
        ["applied_by"],
        unique=True,
        postgresql_where=sa.text("state = 'applied'"),
    )
    op.create_index(
        "uq_merchant_applications_open_licence",
        "merchant_applications",
        ["county_id", "licence_number"],
        unique=True,
        postgresql_where=sa.text("state = 'applied'"),
    )
    op.drop_constraint(op.f("ck_merchants_state_is_known"), "merchants")
    op.create_check_constraint(
        op.f("ck_merchants_state_is_known"),
        "merchants",
        "state IN ('approved', 'active', 'suspended')",
    )
    op.create_check_constraint(
        op.f("ck_merchants_approved_by_somebody"),
        "merchants",
        "state <> 'approved' OR approved_by IS NOT NULL",
    )


def _shops() -> None:
    op.add_column("shops", sa.Column("kind", sa.String(), server_default="counter", nullable=False))
    op.add_column("shops", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("shops", sa.Column("longitude", sa.Double(), nullable=True))
    op.create_unique_constraint(op.f("uq_shops_id_merchant_id"), "shops", ["id", "merchant_id"])
    op.create_table(
        "shop_hours",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "opens_at < closes_at", name=op.f("ck_shop_hours_opens_before_it_closes")
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_shop_hours_weekday_is_known")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_shop_hours_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "weekday", "opens_at", name=op.f("pk_shop_hours")),
    )
    op.create_table(
        "shop_closed_days",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_shop_closed_days_shop_id")
        ),
        sa.PrimaryKeyConstraint("shop_id", "on_day", name=op.f("pk_shop_closed_days")),
    )
    op.create_check_constraint(
        op.f("ck_shops_kind_is_known"), "shops", "kind IN ('counter', 'mall')"
    )
    op.create_check_constraint(
        op.f("ck_shops_place_is_whole"),
        "shops",
        "(latitude IS NULL) = (longitude IS NULL) "
        "AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
    )


def _goods() -> None:
    op.create_table(
        "goods_categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_goods_categories_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["goods_categories.id"], name=op.f("fk_goods_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_categories")),
        sa.UniqueConstraint(
            "county_id",
            "parent_id",
            "name",
            name=op.f("uq_goods_categories_county_id_parent_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "goods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column("own_number", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("market_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("settlement_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("points_price", sa.BigInteger(), nullable=False),
        sa.Column("limit_count", sa.BigInteger(), nullable=True),
        sa.Column("limit_period", sa.String(), nullable=True),
        sa.Column("buyer_region_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "limit_period IN ('day', 'month', 'ever')", name=op.f("ck_goods_limit_period_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'listed', 'withdrawn')", name=op.f("ck_goods_state_is_known")
        ),
        sa.CheckConstraint(
            "(limit_count IS NULL) = (limit_period IS NULL) AND limit_count > 0",
            name=op.f("ck_goods_limit_is_whole"),
        ),
        sa.CheckConstraint(
            "points_price = settlement_price_fen",
            name=op.f("ck_goods_no_subsidy_without_a_campaign"),
        ),
        sa.CheckConstraint("points_price > 0", name=op.f("ck_goods_points_price_positive")),
        sa.CheckConstraint(
            "settlement_price_fen <= market_price_fen",
            name=op.f("ck_goods_settled_at_most_at_market_price"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["goods_categories.id"], name=op.f("fk_goods_category_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_goods_county_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_goods_created_by")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_goods_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods")),
        sa.UniqueConstraint("id", "merchant_id", name=op.f("uq_goods_id_merchant_id")),
        sa.UniqueConstraint("merchant_id", "barcode", name=op.f("uq_goods_merchant_id_barcode")),
        sa.UniqueConstraint(
            "merchant_id", "own_number", name=op.f("uq_goods_merchant_id_own_number")
        ),
    )
    op.create_index(
        "ix_goods_county_id_category_id", "goods", ["county_id", "category_id"], unique=False
    )
    op.create_table(
        "goods_photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goods_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_goods_photos_added_by")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_goods_photos_goods_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_photos")),
        sa.UniqueConstraint("goods_id", "sha256", name=op.f("uq_goods_photos_goods_id_sha256")),
    )
    op.create_index("ix_goods_photos_goods_id", "goods_photos", ["goods_id", "id"], unique=False)
    op.create_table(
        "price_changes",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goods_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("market_from_fen", sa.BigInteger(), nullable=True),
        sa.Column("market_to_fen", sa.BigInteger(), nullable=False),
        sa.Column("settlement_from_fen", sa.BigInteger(), nullable=True),
        sa.Column("settlement_to_fen", sa.BigInteger(), nullable=False),
        sa.Column("points_from", sa.BigInteger(), nullable=True),
        sa.Column("points_to", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(market_from_fen IS NULL) = (settlement_from_fen IS NULL)"
            " AND (market_from_fen IS NULL) = (points_from IS NULL)",
            name=op.f("ck_price_changes_former_price_is_whole"),
        ),
        sa.CheckConstraint(
            "(number = 1) = (market_from_fen IS NULL)",
            name=op.f("ck_price_changes_first_from_nothing"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_price_changes_changed_by")
        ),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_price_changes_goods_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_price_changes")),
        sa.UniqueConstraint(
            "county_id",
            "goods_id",
            "number",
            name=op.f("uq_price_changes_county_id_goods_id_number"),
        ),
    )
    op.create_index(
        "ix_price_changes_changed_at", "price_changes", ["county_id", "changed_at"], unique=False
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("goods_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("on_sale_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_sale_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "on_sale_from < on_sale_until", name=op.f("ck_offers_sale_begins_before_it_ends")
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_offers_reserved_not_negative")),
        sa.CheckConstraint("sold >= 0", name=op.f("ck_offers_sold_not_negative")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_offers_stock_not_negative")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_offers_county_id")),
        sa.ForeignKeyConstraint(
            ["goods_id", "merchant_id"], ["goods.id", "goods.merchant_id"], name="fk_offers_goods"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "merchant_id"], ["shops.id", "shops.merchant_id"], name="fk_offers_shop"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("goods_id", "shop_id", name=op.f("uq_offers_goods_id_shop_id")),
    )
    op.create_index("ix_offers_county_id", "offers", ["county_id", "id"], unique=False)
    op.create_index("ix_offers_shop_id", "offers", ["shop_id", "id"], unique=False)
    op.create_table(
        "stock_moves",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("goods_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stock_change", sa.BigInteger(), nullable=False),
        sa.Column("reserved_change", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'count') = (household_id IS NULL)",
            name=op.f("ck_stock_moves_an_order_has_a_buyer"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'count' THEN reserved_change = 0"
            " WHEN 'reserve' THEN reserved_change > 0 AND stock_change = -reserved_change"
            " WHEN 'consume' THEN reserved_change < 0 AND stock_change = 0"
            " ELSE reserved_change < 0 AND stock_change = -reserved_change END",
            name=op.f("ck_stock_moves_changes_fit_the_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('count', 'reserve', 'consume', 'give_back')",
            name=op.f("ck_stock_moves_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_stock_moves_goods_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_stock_moves_household_id")
        ),
        sa.ForeignKeyConstraint(["moved_by"], ["users.id"], name=op.f("fk_stock_moves_moved_by")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name="fk_stock_moves_offer"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_stock_moves")),
    )
    op.create_index(
        "ix_stock_moves_household",
        "stock_moves",
        ["county_id", "household_id", "goods_id", "moved_at"],
        unique=False,
    )
    op.create_index(
        "ix_stock_moves_offer", "stock_moves", ["county_id", "offer_id", "id"], unique=False
    )
    op.create_index(
        "uq_stock_moves_begun_once",
        "stock_moves",
        ["county_id", "reference", "offer_id"],
        unique=True,
        postgresql_where=sa.text("kind IN ('count', 'reserve')"),
    )
    op.create_index(
        "uq_stock_moves_ended_once",
        "stock_moves",
        ["county_id", "reference", "offer_id"],
        unique=True,
        postgresql_where=sa.text("kind IN ('consume', 'give_back')"),
    )


def downgrade() -> None:
    op.drop_index("uq_stock_moves_ended_once", table_name="stock_moves")
    op.drop_index("uq_stock_moves_begun_once", table_name="stock_moves")
    op.drop_index("ix_stock_moves_offer", table_name="stock_moves")
    op.drop_index("ix_stock_moves_household", table_name="stock_moves")
    op.drop_table("stock_moves")
    op.drop_table("shop_hours")
    op.drop_table("shop_closed_days")
    op.drop_index("ix_price_changes_changed_at", table_name="price_changes")
    op.drop_table("price_changes")
    op.drop_index("ix_offers_shop_id", table_name="offers")
    op.drop_index("ix_offers_county_id", table_name="offers")
    op.drop_table("offers")
    op.drop_index("ix_goods_photos_goods_id", table_name="goods_photos")
    op.drop_table("goods_photos")
    op.drop_index("uq_merchant_applications_open_licence", table_name="merchant_applications")
    op.drop_index("uq_merchant_applications_open_applicant", table_name="merchant_applications")
    op.drop_index("ix_merchant_applications_county_id", table_name="merchant_applications")
    op.drop_table("merchant_applications")
    op.drop_index("ix_goods_county_id_category_id", table_name="goods")
    op.drop_table("goods")
    op.drop_table("goods_categories")
    op.drop_constraint(op.f("uq_shops_id_merchant_id"), "shops", type_="unique")
    op.drop_constraint(op.f("ck_shops_place_is_whole"), "shops")
    op.drop_constraint(op.f("ck_shops_kind_is_known"), "shops")
    op.drop_column("shops", "longitude")
    op.drop_column("shops", "latitude")
    op.drop_column("shops", "kind")
    op.drop_constraint(op.f("ck_merchants_approved_by_somebody"), "merchants")
    op.drop_constraint(op.f("fk_merchants_approved_by"), "merchants", type_="foreignkey")
    op.drop_column("merchants", "approved_by")
    op.drop_column("merchants", "contact_phone_sealed")
    # A merchant that was only approved never began; suspended is what it amounts to.
    op.drop_constraint(op.f("ck_merchants_state_is_known"), "merchants")
    op.execute("UPDATE merchants SET state = 'suspended' WHERE state = 'approved'")
    op.create_check_constraint(
        op.f("ck_merchants_state_is_known"), "merchants", "state IN ('active', 'suspended')"
    )
