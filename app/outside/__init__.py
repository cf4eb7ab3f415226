"""The outside world: WeChat, the bank, text messages, the photo store, a model for photos.

Clients are built when first needed.
"""

import threading

import structlog
from flask import Flask, current_app
from redis import Redis

from app.config import Settings
from app.kernel.secrets import Vault
from app.outside.bank import BankGateway, BankNotConfigured, BankTakesNoFiles, HttpBank
from app.outside.bank.csv_files import CsvFiles
from app.outside.bank.desk import DeskBank
from app.outside.bank.files import Payer
from app.outside.bank.iso20022 import Iso20022
from app.outside.opinions import HttpOpinions, NoOpinions, Opinions
from app.outside.photos import DiskPhotos, PhotoStore
from app.outside.sms import NoSms, SmsSender
from app.outside.wechat import WECHAT_API_BASE, Pushes, Shared, WeChat

log = structlog.get_logger(__name__)


class _Clients:
    """One client of each kind a process, made on first use: after any fork, never before."""

    def __init__(self, settings: Settings, redis: Redis, vault: Vault) -> None:
        self._settings = settings
        self._redis = redis
        self._vault = vault
        self._lock = threading.Lock()
        self._wechat: WeChat | None = None
        self._bank: BankGateway | None = None
        self._opinions: Opinions | None = None
        self._sms = NoSms()
        self._photos: PhotoStore | None = None

    def wechat(self) -> WeChat:
        with self._lock:
            if self._wechat is None:
                self._wechat = WeChat(
                    self._settings.wechat_appid,
                    self._settings.wechat_secret,
                    Shared(self._redis, self._vault),
                    base_url=self._settings.wechat_api_base or WECHAT_API_BASE,
                )
            return self._wechat

    def pushes(self) -> Pushes:
        return Pushes(
            token=self._settings.wechat_push_token,
            aes_key=self._settings.wechat_push_aes_key,
            appid=self._settings.wechat_appid,
        )

    def checks_content(self) -> bool:
        return self._settings.content_check == "wechat"

    def bank(self) -> BankGateway:
        with self._lock:
            if self._bank is None:
                self._bank = _bank(self._settings)
            return self._bank

    def opinions(self) -> Opinions:
        with self._lock:
            if self._opinions is None:
                self._opinions = (
                    HttpOpinions(
                        self._settings.opinion_url, self._settings.opinion_key, self._redis
                    )
                    if self._settings.opinion_adapter == "http"
                    else NoOpinions()
                )
            return self._opinions

    def photos(self) -> PhotoStore:
        with self._lock:
            if self._photos is None:
                self._photos = _photos(self._settings)
            return self._photos

    def sms(self) -> SmsSender:
        return self._sms


def _bank(settings: Settings) -> BankGateway:
    """The adapter that is configured."""
    if settings.bank_adapter == "sandbox":
        if not settings.bank_api_base:
            log.error("bank.not_configured", hint="set BANK_API_BASE and BANK_API_KEY")
            raise BankNotConfigured()
        return HttpBank(settings.bank_api_base, settings.bank_api_key)
    if not settings.bank_payer_account:
        log.error("bank.not_configured", hint="set BANK_PAYER_NAME, _ACCOUNT and _BANK")
        raise BankNotConfigured()
    payer = Payer(settings.bank_payer_name, settings.bank_payer_account, settings.bank_payer_bank)
    file_format = Iso20022() if settings.bank_adapter == "iso20022" else CsvFiles()
    return DeskBank(file_format, payer, settings.home_path / "bank")


def _photos(settings: Settings) -> PhotoStore:
    """The photo store that is configured."""
    if settings.photo_store == "disk":
        return DiskPhotos(settings.home_path / "photos", settings.public_base_url)
    from app.outside.photos.s3 import S3Photos, S3Place

    return S3Photos(
        S3Place(
            bucket=settings.s3_bucket,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
        )
    )


def init_app(app: Flask, settings: Settings, redis: Redis) -> None:
    """Give the application its clients; its vault must be there already."""
    app.extensions["clients"] = _Clients(settings, redis, app.extensions["vault"])


def wechat() -> WeChat:
    """WeChat, for the running application."""
    return _current().wechat()


def wechat_pushes() -> Pushes:
    """What WeChat pushes to the running application."""
    return _current().pushes()


def checks_content() -> bool:
    """Whether the content of new photos is checked before anybody sees them."""
    return _current().checks_content()


def bank() -> BankGateway:
    """The bank, for the running application.

    Raises:
        BankNotConfigured: no bank is set.
    """
    return _current().bank()


def bank_desk() -> DeskBank:
    """The bank, if it is one that takes files.

    Raises:
        BankTakesNoFiles: it is another.
        BankNotConfigured: no bank is set.
    """
    found = _current().bank()
    if not isinstance(found, DeskBank):
        raise BankTakesNoFiles()
    return found


def photos() -> PhotoStore:
    """The photo store, for the running application."""
    return _current().photos()


def sms() -> SmsSender:
    """Text messages, for the running application."""
    return _current().sms()


def opinions() -> Opinions:
    """The model that looks at photos, for the running application; by default there is none."""
    return _current().opinions()


def _current() -> _Clients:
    found: _Clients = current_app.extensions["clients"]
    return found
