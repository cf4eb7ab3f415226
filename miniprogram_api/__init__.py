"""The HTTP API of the WeChat mini-program: one module a resource, listed here."""

from app.web.api import Api
from miniprogram_api import (
    allotments,
    bank_statements,
    cash_outs,
    merchants,
    pay_codes,
    reconciliations,
    redemptions,
    shops,
)


def register(api: Api) -> None:
    """Mount every resource; this is the URL map."""
    api.register_blueprint(pay_codes.bp, url_prefix="/api/v1/pay-codes")
    api.register_blueprint(redemptions.bp, url_prefix="/api/v1/redemptions")
    api.register_blueprint(merchants.bp, url_prefix="/api/v1/merchants")
    api.register_blueprint(shops.bp, url_prefix="/api/v1/shops")
    api.register_blueprint(cash_outs.bp, url_prefix="/api/v1/cash-outs")
    api.register_blueprint(allotments.bp, url_prefix="/api/v1/allotments")
    api.register_blueprint(bank_statements.bp, url_prefix="/api/v1/bank-statements")
    api.register_blueprint(reconciliations.bp, url_prefix="/api/v1/reconciliations")
