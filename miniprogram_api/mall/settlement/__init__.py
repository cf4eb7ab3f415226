"""Money: the bank, budgets, cash-outs."""

from app.web.api import Resources
from miniprogram_api.mall.settlement import (
    allotments,
    bank,
    bank_statements,
    cash_outs,
    custody_account,
    payment_batches,
    reconciliations,
    shop_statements,
)

RESOURCES: Resources = (
    ("/cash-outs", cash_outs.bp),
    ("/allotments", allotments.bp),
    ("/bank", bank.bp),
    ("/bank-statements", bank_statements.bp),
    ("/custody-account", custody_account.bp),
    ("/payment-batches", payment_batches.bp),
    ("/reconciliations", reconciliations.bp),
    ("/shops", shop_statements.bp),
)
