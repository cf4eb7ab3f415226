"""A stand-in for the bank, speaking the wire of HttpBank: ``python -m sandbox.bank --port N``.

One custody account whose books survive a restart (FEN_HOME/sandbox/bank.sqlite3). Payments
settle after ``--settle-seconds``. ``POST /_sandbox/deposits`` brings the county's money,
``POST /_sandbox/advance`` moves the bank's clock, ``POST /_sandbox/faults`` breaks things.
"""

import argparse
import csv
import hmac
import io
import json
import re
import time
from datetime import date
from typing import Any

from flask import Flask, Response, request

from app.kernel import texts
from app.kernel.clock import day_of
from app.kernel.units import yuan_text
from app.outside.bank.http import signature
from sandbox.bank_books import ACCOUNT, ACCOUNT_NAME, DAY_SECONDS, Books, Fate, Order, OtherContent
from sandbox.bank_notices import Notices
from sandbox.faults import HOLD_SECONDS, Fault, Faults, broken_answer
from sandbox.serving import Refused, control, new_app, serve, settings_of_stand_in

TIMESTAMP_WINDOW_SECONDS = 300
_PAYMENT_ID = re.compile("[0-9a-f]{32}")

# Kinds of faults: answers that say nothing, and what may befall a payment.
SILENT = {"timeout", "timeout_after_success"}
BROKEN = {"500", "html", "garbage"}
WRONG = {"wrong_amount"}  # an answer that names another amount
FATES = {"refuse", "return", "late", "misbook"}
ENDPOINTS = {"submit", "query", "statement"}
COLUMNS = (
    *("交易日期", "交易流水号", "收入金额", "支出金额", "余额"),
    *("对方户名", "对方账号", "摘要", "指令号"),
)


def create_app(
    books: Books,
    faults: Faults,
    *,
    api_key: str,
    encoding: str = "gb18030",
    notify_url: str = "",
) -> Flask:
    app = new_app("sandbox.bank", "这是演示用的模拟银行。 A stand-in for the bank.")
    _add_signature_check(app, api_key)
    _add_faults(app, faults)
    _add_wire(app, books, faults, encoding)
    _add_controls(app, books, faults)
    _add_notices(app, Notices(notify_url, api_key))
    return app


def _add_signature_check(app: Flask, api_key: str) -> None:
    @app.before_request
    def check() -> Any:
        if request.endpoint not in ENDPOINTS:
            return None
        timestamp = request.headers.get("X-Bank-Timestamp", "")
        expected = signature(api_key, timestamp, request.method, request.path, request.get_data())
        given = request.headers.get("X-Bank-Signature", "")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            return {"code": "bad_signature"}, 401
        if not texts.are_digits(timestamp):
            return {"code": "bad_timestamp"}, 401
        if abs(time.time() - int(timestamp)) > TIMESTAMP_WINDOW_SECONDS:
            return {"code": "stale_timestamp"}, 401
        return None


def _add_faults(app: Flask, faults: Faults) -> None:
    @app.before_request
    def break_before() -> Any:
        """Nothing is done, and the answer is broken or does not come."""
        fault = faults.take(request.endpoint or "", BROKEN | {"timeout"})
        if fault is None:
            return None
        if fault.kind == "timeout":
            faults.hold_and_drop(fault)
        return broken_answer(fault.kind)

    @app.after_request
    def break_after(answer: Response) -> Response:
        """Everything is done, and the answer does not come."""
        fault = faults.take(request.endpoint or "", {"timeout_after_success"})
        if fault is not None:
            faults.hold_and_drop(fault)
        if faults.take(request.endpoint or "", WRONG) is not None and answer.is_json:
            told = answer.get_json()
            if "amount_fen" in told:
                answer.set_data(json.dumps(told | {"amount_fen": told["amount_fen"] + 1}))
        return answer


def _add_wire(app: Flask, books: Books, faults: Faults, encoding: str) -> None:
    @app.post("/payments")
    def submit() -> Any:
        order = _order(request.get_json(silent=True))
        if order is None:
            return {"code": "malformed"}, 400
        try:
            return books.submit(order, _fate(faults))
        except OtherContent:
            return {"code": "other_content", "payment_id": order.payment_id}, 409

    @app.get("/payments/<payment_id>")
    def query(payment_id: str) -> Any:
        known = books.payment(payment_id)
        if known is None:
            return {"payment_id": payment_id, "state": "not_found"}, 404
        return known

    @app.get("/statements/<day>.csv")
    def statement(day: str) -> Any:
        try:
            on = date.fromisoformat(day)
        except ValueError:
            return {"code": "malformed"}, 400
        found = books.day(on)
        if found is None:
            return {"code": "statement_not_ready"}, 404
        content = statement_csv(on, *found).encode(encoding)
        return Response(content, content_type="text/csv")


def _order(body: Any) -> Order | None:
    """The order in the body, or None when anything in it is not as agreed."""
    if not isinstance(body, dict):
        return None
    texts = ("payment_id", "payee_name", "payee_account", "payee_bank", "purpose")
    if set(body) != {*texts, "amount_fen"}:
        return None
    if not all(isinstance(body[name], str) and body[name] for name in texts):
        return None
    amount_fen = body["amount_fen"]
    if type(amount_fen) is not int or amount_fen <= 0:
        return None
    return Order(**body) if _PAYMENT_ID.fullmatch(body["payment_id"]) else None


def _fate(faults: Faults) -> Fate:
    fault = faults.take("submit", FATES)
    if fault is None:
        return Fate()
    if fault.kind == "refuse":
        return Fate(refusal=fault.reason or "户名与账号不符")
    if fault.kind == "return":
        return Fate(return_reason=fault.reason or "收款账户已销户")
    return Fate(is_late=fault.kind == "late", is_misbooked=fault.kind == "misbook")


def statement_csv(on: date, opening_fen: int, entries: list[dict[str, Any]]) -> str:
    """The day as banks export it: long numbers carry a tab, so that Excel leaves them alone."""
    closing_fen = opening_fen + sum(entry["amount_fen"] for entry in entries)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["账号", ACCOUNT + "\t"])
    rows.writerow(["户名", ACCOUNT_NAME])
    rows.writerow(["日期", on.isoformat()])
    rows.writerow(["期初余额", yuan_text(opening_fen)])
    rows.writerow(["期末余额", yuan_text(closing_fen)])
    rows.writerow(["笔数", len(entries)])
    rows.writerow(COLUMNS)
    balance_fen = opening_fen
    for entry in entries:
        amount_fen = entry["amount_fen"]
        balance_fen += amount_fen
        rows.writerow(
            [
                entry["booked_on"],
                entry["bank_reference"] + "\t",
                yuan_text(amount_fen) if amount_fen > 0 else "",
                yuan_text(-amount_fen) if amount_fen < 0 else "",
                yuan_text(balance_fen),
                entry["counterparty_name"],
                entry["counterparty_account"] + "\t",
                entry["purpose"],
                entry["payment_id"] or "",
            ]
        )
    return text.getvalue()


def _add_controls(app: Flask, books: Books, faults: Faults) -> None:
    @app.post("/_sandbox/deposits")
    def deposit() -> Any:
        amount_fen = control("amount_fen", int)
        if amount_fen <= 0:
            raise Refused('"amount_fen" must be positive')
        return books.deposit(
            amount_fen,
            name=control("from_name"),
            account=control("from_account", str, "9901010100000026"),
            purpose=control("purpose"),
        )

    @app.post("/_sandbox/advance")
    def advance() -> Any:
        """Move the bank's clock, by a day unless told otherwise; what is due is booked."""
        seconds = control("seconds", int, 0) + DAY_SECONDS * control("days", int, 0)
        if seconds < 0:
            raise Refused("the bank's clock does not go back")
        now = books.advance(seconds or DAY_SECONDS)
        return {"now": now.isoformat(), "today": day_of(now).isoformat()}

    @app.post("/_sandbox/faults")
    def add_fault() -> Any:
        kind, where = control("kind"), control("on", str, "submit")
        known = SILENT | BROKEN | WRONG | FATES
        if kind not in known:
            raise Refused(f'"kind" must be one of {", ".join(sorted(known))}')
        if where not in ENDPOINTS or (kind in FATES and where != "submit"):
            raise Refused('"on" must be submit, query or statement; fates befall submit only')
        faults.add(
            Fault(
                where=where,
                kind=kind,
                times=control("times", int, 1),
                reason=control("reason", str, ""),
                hold_seconds=control("hold_seconds", int, HOLD_SECONDS),
            )
        )
        return {}

    @app.delete("/_sandbox/faults")
    def clear_faults() -> Any:
        faults.clear()
        return {}

    @app.get("/_sandbox/payments")
    def payments() -> Any:
        """Everything the bank has on its books."""
        return {
            "payments": books.payments(),
            "entries": books.entries(),
            "balance_fen": books.balance_fen(),
        }


def _add_notices(app: Flask, notices: Notices) -> None:
    @app.post("/_sandbox/notices")
    def notice() -> Any:
        """Call Fen about a payment, as often as told, with our signature or a forged one."""
        if not notices.url:
            raise Refused("start the bank with --notify-url")
        answers = notices.send(
            control("payment_id"),
            times=control("times", int, 1),
            is_forged=control("forged", int, 0) == 1,
        )
        return {"answers": answers}


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for the bank")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--settle-seconds", type=float, default=1.0)
    parser.add_argument("--statement-encoding", choices=["gb18030", "utf-8-sig"], default="gb18030")
    parser.add_argument("--notify-url", default="", help="where Fen listens, …/notifications")
    options = parser.parse_args()
    settings = settings_of_stand_in()
    path = settings.home_path / "sandbox" / "bank.sqlite3"
    books = Books(path, settle_seconds=options.settle_seconds)
    faults = Faults()
    app = create_app(
        books,
        faults,
        api_key=settings.bank_api_key,
        encoding=options.statement_encoding,
        notify_url=options.notify_url,
    )
    serve(app, options.host, options.port, stop=faults.stop)
    books.close()


if __name__ == "__main__":
    main()
