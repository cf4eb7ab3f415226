"""The county while its past is made: its people's phones, its queue, its nights."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.config import Settings
from app.kernel import clock, jobs
from app.kernel.db import db, transaction
from app.register.identity import service as identity
from operations import domains
from operations.factory import create_app
from sandbox import bank
from sandbox.bank_books import Books
from sandbox.faults import Faults
from sandbox.past.darkroom import decoding_here
from sandbox.past.hours import Hours
from sandbox.past.phone import PastBroken, Phone
from sandbox.people import COUNTY_ID, Someone

# What the clock would have run since the evening before and that leaves something behind.
NIGHTLY = (
    "app.recycling.sales.jobs.decide_bonuses",
    "app.points.awards.jobs.pay_waiting",
    "app.sorting.rates.jobs.count_stale_days",
    "app.standing.scores.jobs.close_periods",
    "app.standing.ranks.jobs.rank_households",
    "app.sorting.rounds.jobs.draw_weeks",
    "mall.risk.jobs.look_at_shops",
    "app.points.ledger.jobs.seal_committed",
)
SOON = (
    "app.agreements.proposals.jobs.begin_coming",
    "mall.settlement.jobs.book_waiting",
    "mall.settlement.jobs.go_on_with_due",
)
MONTHS = "app.points.ledger.jobs.open_coming_months"
NOTICES = "app.messages.delivery.jobs.deliver_due"
SIGNED_IN_FOR = timedelta(days=20)  # of the month that a token lives


class World:
    """What the chapters of the past have in common."""

    def __init__(self, app: Flask, hours: Hours, books: Books) -> None:
        self.app = app
        self.hours = hours
        self.books = books
        self._phones: dict[str, tuple[Phone, datetime]] = {}
        self._sweeps = {sweep.name: sweep.function for sweep in domains.found_sweeps()}

    def phone(self, someone: Someone) -> Phone:
        """The phone of somebody of the demo, signed in, and again where that was long ago."""
        phone, since = self._phones.get(someone.phone, (None, self.hours.at))
        if phone is None or since < self.hours.at - SIGNED_IN_FOR:
            appid = self.app.config["SETTINGS"].wechat_appid
            with self.app.app_context(), transaction():
                signed_in = identity.sign_in(
                    appid=appid, openid=someone.openid, county_id=COUNTY_ID, at=self.hours.at
                )
            phone = Phone(self.app, someone.name, signed_in.token)
            self._phones[someone.phone] = phone, self.hours.at
        return phone

    def agree(self, second: Phone, proposal: dict[str, Any], **more: Any) -> Any:
        """Read what was proposed and say yes to it."""
        path = f"proposals/{proposal['id']}"
        return second.post(f"{path}/approval", {"digest": second.get(path)["digest"], **more})

    def work(self) -> None:
        """Do what waits in the queues, as the workers would; those do not run yet."""
        with self.app.app_context():
            while waiting := [job for name in jobs.QUEUES for job in jobs.queue(name).jobs]:
                for job in waiting:
                    job.delete()  # first: what it asks for again gets a place of its own
                    job.func(*job.args)

    def run(self, *names: str) -> None:
        """Do what the clock would start now, and what follows from it."""
        for name in names:
            with self.app.app_context():
                self._sweeps[name]()
        self.work()

    def sleep(self) -> None:
        """The night after this day, until two in the morning."""
        self.run(*SOON)
        self.hours.at = clock.day_end(self.hours.day)
        self.hours.wait(hours=2)
        self.run(*NIGHTLY)

    def shell(self, *arguments: str) -> str:
        """A ``flask`` command."""
        with patch.object(clock, "now", self.hours):
            done = self.app.test_cli_runner().invoke(args=arguments)
        if done.exit_code:
            raise PastBroken(f"flask {' '.join(arguments)}: {done.output} {done.exception}")
        self.work()
        return done.output


@contextmanager
def begun(settings: Settings, hours: Hours) -> Iterator[World]:
    """The county in this process, with its clock, its queue and its bank."""
    books = Books(
        settings.home_path / "sandbox" / "bank.sqlite3",
        settle_seconds=1,
        now=hours.timestamp,
    )
    counter = bank.create_app(books, Faults(), api_key=settings.bank_api_key)
    server = make_server("127.0.0.1", 0, counter, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    with ExitStack() as stack:
        stack.callback(books.close)
        thread.start()
        stack.callback(server.server_close)
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        app = create_app(
            replace(
                settings,
                bank_adapter="sandbox",
                bank_api_base=f"http://127.0.0.1:{server.server_port}",
                content_check="off",
                log_level="ERROR",
            ),
            SQLALCHEMY_ENGINE_OPTIONS={
                "hide_parameters": True,
                "connect_args": {"options": "-c synchronous_commit=off"},
            },
        )
        world = World(app, hours, books)
        stack.enter_context(hours.standing())
        stack.enter_context(decoding_here())
        yield world
        with app.app_context():
            db.engine.dispose()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: what the bank is asked here was asked long ago."""
