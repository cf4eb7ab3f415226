"""Statements as ISO 20022 writes them, entry by entry."""

from datetime import date
from uuid import UUID

from app.kernel.units import yuan_text
from tests.given.statements import DAY

ACCOUNT = "9901010100000018"


def balance(code: str, fen: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(abs(fen))}"
        f"<CdtDbtInd>{_side(fen)}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(n: int, fen: int, details: str = "", *, words: str = "") -> str:
    """A booked entry, with what stands in its ``NtryDtls``."""
    return (
        f"<Ntry>{_amount(abs(fen))}<CdtDbtInd>{_side(fen)}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<AcctSvcrRef>R{n}</AcctSvcrRef>{details}<AddtlNtryInf>{words}</AddtlNtryInf></Ntry>"
    )


def batch(count: int | None) -> str:
    """Transactions of which only their number is told."""
    told = "" if count is None else f"<NbOfTxs>{count}</NbOfTxs>"
    return f"<NtryDtls><Btch>{told}</Btch></NtryDtls>"


def transactions(*payment_ids: str | UUID) -> str:
    """Transactions without their amounts."""
    told = "".join(
        f"<TxDtls><Refs><EndToEndId>{one}</EndToEndId></Refs></TxDtls>" for one in payment_ids
    )
    return f"<NtryDtls>{told}</NtryDtls>"


def statement(*entries: str, opening_fen: int, closing_fen: int, on: date = DAY) -> str:
    return (
        f"<Stmt><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id></Acct>"
        f"{balance('OPBD', opening_fen, on)}{balance('CLBD', closing_fen, on)}"
        f"{''.join(entries)}</Stmt>"
    )


def message(*statements: str) -> bytes:
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def _amount(fen: int) -> str:
    return f'<Amt Ccy="CNY">{yuan_text(fen).replace(",", "")}</Amt>'


def _side(fen: int) -> str:
    return "CRDT" if fen >= 0 else "DBIT"
