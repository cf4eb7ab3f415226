"""The outside world: WeChat, the bank, the photo store. Clients are built when first needed."""

import threading

import structlog
from flask import Flask, current_app
from redis import Redis

from app.clients.bank import BankGateway, BankNotConfigured, HttpBank
from app.clients.photos import DiskPhotos, PhotoStore
from app.clients.wechat import WECHAT_API_BASE, WeChat
from app.config import Settings

log = structlog.get_logger(__name__)


class _Clients:
    """One client of each kind a process, made on first use: after any fork, never before."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._settings = settings
        self._redis = redis
        self._lock = threading.Lock()
        self._wechat: WeChat | None = None
        self._bank: BankGateway | None = None
        self._photos = DiskPhotos(settings.home_path / "photos")  # holds nothing open

    def wechat(self) -> WeChat:
        with self._lock:
            if self._wechat is None:
                self._wechat = WeChat(
                    self._settings.wechat_appid,
                    self._settings.wechat_secret,
                    self._redis,
                    base_url=self._settings.wechat_api_base or WECHAT_API_BASE,
                )
            return self._wechat

    def bank(self) -> BankGateway:
        with self._lock:
            if self._bank is None:
                if not self._settings.bank_api_base:
                    log.error("bank.not_configured", hint="set BANK_API_BASE and BANK_API_KEY")
                    raise BankNotConfigured()
                self._bank = HttpBank(self._settings.bank_api_base, self._settings.bank_api_key)
            return self._bank

    def photos(self) -> PhotoStore:
        return self._photos


def init_app(app: Flask, settings: Settings, redis: Redis) -> None:
    app.extensions["clients"] = _Clients(settings, redis)


def wechat() -> WeChat:
    """WeChat, for the running application."""
    return _current().wechat()


def bank() -> BankGateway:
    """The bank, for the running application.

    Raises:
        BankNotConfigured: no bank is set.
    """
    return _current().bank()


def photos() -> PhotoStore:
    """The photo store, for the running application."""
    return _current().photos()


def _current() -> _Clients:
    found: _Clients = current_app.extensions["clients"]
    return found
