"""The HTTP API of the WeChat mini-program: one module a resource, listed here."""

from app.web.api import Api
from miniprogram_api import (
    allotments,
    appeals,
    awards,
    bank,
    bank_statements,
    bindings,
    budgets,
    campaigns,
    cards,
    care,
    cash_outs,
    catalogue,
    check_conflicts,
    checks,
    deposits,
    funders,
    goods,
    goods_files,
    household_relations,
    households,
    liaison,
    me,
    merchant_applications,
    merchants,
    near_shops,
    notices,
    orders,
    pay_codes,
    payment_batches,
    pending_payments,
    photo_files,
    photo_uploads,
    photos,
    points,
    policies,
    proxies,
    rates,
    rechecks,
    reconciliations,
    redemptions,
    regions,
    reversals,
    reviewers,
    reviews,
    risk_flags,
    role_grants,
    rosters,
    rounds,
    sales,
    scores,
    self_checks,
    session,
    shelves,
    shop_codes,
    shop_counters,
    shop_orders,
    shop_statements,
    shops,
    subsidy_fundings,
    voucher_claims,
    voucher_office,
    vouchers,
    wechat_pushes,
)


def register(api: Api) -> None:
    """Mount every resource; this is the URL map."""
    api.register_blueprint(session.bp, url_prefix="/api/v1/session")
    api.register_blueprint(me.bp, url_prefix="/api/v1/me")
    api.register_blueprint(bindings.bp, url_prefix="/api/v1/bindings")
    api.register_blueprint(regions.bp, url_prefix="/api/v1/regions")
    api.register_blueprint(households.bp, url_prefix="/api/v1/households")
    api.register_blueprint(household_relations.bp, url_prefix="/api/v1/household-relations")
    api.register_blueprint(role_grants.bp, url_prefix="/api/v1/role-grants")
    api.register_blueprint(self_checks.bp, url_prefix="/api/v1/self-checks")
    api.register_blueprint(appeals.bp, url_prefix="/api/v1/appeals")
    api.register_blueprint(reviews.bp, url_prefix="/api/v1/reviews")
    api.register_blueprint(rechecks.bp, url_prefix="/api/v1/rechecks")
    api.register_blueprint(reviewers.bp, url_prefix="/api/v1/reviewers")
    api.register_blueprint(photos.bp, url_prefix="/api/v1/photos")
    api.register_blueprint(photo_uploads.bp, url_prefix="/api/v1/photos/uploads")
    api.register_blueprint(photo_files.bp, url_prefix="/api/v1/photos/files")
    api.register_blueprint(wechat_pushes.bp, url_prefix="/api/v1/wechat")
    api.register_blueprint(liaison.bp, url_prefix="/api/v1/liaison")
    api.register_blueprint(checks.bp, url_prefix="/api/v1/checks")
    api.register_blueprint(check_conflicts.bp, url_prefix="/api/v1/check-conflicts")
    api.register_blueprint(care.bp, url_prefix="/api/v1/care")
    api.register_blueprint(awards.bp, url_prefix="/api/v1/awards")
    api.register_blueprint(policies.bp, url_prefix="/api/v1/policies")
    api.register_blueprint(policies.drafts_bp, url_prefix="/api/v1/policy-drafts")
    api.register_blueprint(points.bp, url_prefix="/api/v1/points")
    api.register_blueprint(notices.bp, url_prefix="/api/v1/notices")
    api.register_blueprint(pay_codes.bp, url_prefix="/api/v1/pay-codes")
    api.register_blueprint(cards.bp, url_prefix="/api/v1/cards")
    api.register_blueprint(proxies.bp, url_prefix="/api/v1/proxies")
    api.register_blueprint(redemptions.bp, url_prefix="/api/v1/redemptions")
    api.register_blueprint(pending_payments.bp, url_prefix="/api/v1/pending-payments")
    api.register_blueprint(shop_codes.bp, url_prefix="/api/v1/shop-codes")
    api.register_blueprint(merchants.bp, url_prefix="/api/v1/merchants")
    api.register_blueprint(merchant_applications.bp, url_prefix="/api/v1/merchant-applications")
    api.register_blueprint(goods.bp, url_prefix="/api/v1/goods")
    api.register_blueprint(goods_files.bp, url_prefix="/api/v1")
    api.register_blueprint(catalogue.bp, url_prefix="/api/v1/catalogue")
    api.register_blueprint(vouchers.bp, url_prefix="/api/v1/vouchers")
    api.register_blueprint(voucher_office.bp, url_prefix="/api/v1/vouchers")
    api.register_blueprint(voucher_claims.bp, url_prefix="/api/v1/vouchers/claims")
    api.register_blueprint(orders.bp, url_prefix="/api/v1/orders")
    api.register_blueprint(shop_orders.bp, url_prefix="/api/v1/orders")
    api.register_blueprint(shops.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(near_shops.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(shelves.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(shop_counters.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(shop_statements.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(cash_outs.bp, url_prefix="/api/v1/cash-outs")
    api.register_blueprint(allotments.bp, url_prefix="/api/v1/allotments")
    api.register_blueprint(campaigns.bp, url_prefix="/api/v1/campaigns")
    api.register_blueprint(funders.bp, url_prefix="/api/v1/funders")
    api.register_blueprint(subsidy_fundings.bp, url_prefix="/api/v1/subsidy-fundings")
    api.register_blueprint(budgets.bp, url_prefix="/api/v1/budgets")
    api.register_blueprint(reversals.bp, url_prefix="/api/v1/reversals")
    api.register_blueprint(risk_flags.bp, url_prefix="/api/v1/risk-flags")
    api.register_blueprint(scores.bp, url_prefix="/api/v1/scores")
    api.register_blueprint(sales.bp, url_prefix="/api/v1/sales")
    api.register_blueprint(sales.recyclers_bp, url_prefix="/api/v1/recyclers")
    api.register_blueprint(deposits.bp, url_prefix="/api/v1/deposits")
    api.register_blueprint(bank.bp, url_prefix="/api/v1/bank")
    api.register_blueprint(bank_statements.bp, url_prefix="/api/v1/bank-statements")
    api.register_blueprint(payment_batches.bp, url_prefix="/api/v1/payment-batches")
    api.register_blueprint(reconciliations.bp, url_prefix="/api/v1/reconciliations")
    api.register_blueprint(rounds.bp, url_prefix="/api/v1/rounds")
    api.register_blueprint(rates.bp, url_prefix="/api/v1/rates")
    api.register_blueprint(rosters.bp, url_prefix="/api/v1")
