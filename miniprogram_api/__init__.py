"""The HTTP API of the WeChat mini-program: one module a resource, listed here."""

from app.web.api import Api
from miniprogram_api import (
    allotments,
    awards,
    bank,
    bank_statements,
    bindings,
    budgets,
    cash_outs,
    checks,
    households,
    liaison,
    me,
    merchants,
    pay_codes,
    payment_batches,
    photo_files,
    photo_uploads,
    photos,
    points,
    reconciliations,
    redemptions,
    regions,
    reversals,
    role_grants,
    rosters,
    self_checks,
    session,
    shop_statements,
    shops,
    wechat_pushes,
)


def register(api: Api) -> None:
    """Mount every resource; this is the URL map."""
    api.register_blueprint(session.bp, url_prefix="/api/v1/session")
    api.register_blueprint(me.bp, url_prefix="/api/v1/me")
    api.register_blueprint(bindings.bp, url_prefix="/api/v1/bindings")
    api.register_blueprint(regions.bp, url_prefix="/api/v1/regions")
    api.register_blueprint(households.bp, url_prefix="/api/v1/households")
    api.register_blueprint(role_grants.bp, url_prefix="/api/v1/role-grants")
    api.register_blueprint(self_checks.bp, url_prefix="/api/v1/self-checks")
    api.register_blueprint(photos.bp, url_prefix="/api/v1/photos")
    api.register_blueprint(photo_uploads.bp, url_prefix="/api/v1/photos/uploads")
    api.register_blueprint(photo_files.bp, url_prefix="/api/v1/photos/files")
    api.register_blueprint(wechat_pushes.bp, url_prefix="/api/v1/wechat")
    api.register_blueprint(liaison.bp, url_prefix="/api/v1/liaison")
    api.register_blueprint(checks.bp, url_prefix="/api/v1/checks")
    api.register_blueprint(awards.bp, url_prefix="/api/v1/awards")
    api.register_blueprint(points.bp, url_prefix="/api/v1/points")
    api.register_blueprint(pay_codes.bp, url_prefix="/api/v1/pay-codes")
    api.register_blueprint(redemptions.bp, url_prefix="/api/v1/redemptions")
    api.register_blueprint(merchants.bp, url_prefix="/api/v1/merchants")
    api.register_blueprint(shops.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(shop_statements.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(cash_outs.bp, url_prefix="/api/v1/cash-outs")
    api.register_blueprint(allotments.bp, url_prefix="/api/v1/allotments")
    api.register_blueprint(budgets.bp, url_prefix="/api/v1/budgets")
    api.register_blueprint(reversals.bp, url_prefix="/api/v1/reversals")
    api.register_blueprint(bank.bp, url_prefix="/api/v1/bank")
    api.register_blueprint(bank_statements.bp, url_prefix="/api/v1/bank-statements")
    api.register_blueprint(payment_batches.bp, url_prefix="/api/v1/payment-batches")
    api.register_blueprint(reconciliations.bp, url_prefix="/api/v1/reconciliations")
    api.register_blueprint(rosters.bp, url_prefix="/api/v1")
