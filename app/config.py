"""Settings, read once from the environment into one frozen object.

Every setting is a field of ``Settings`` with its environment variable beside it. In development
a missing secret is made up and kept in the home folder; in production it stops the start.
"""

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

SECRET_BYTES_MIN = 32
# Each way to reach a bank, and the settings it needs.
_PAYER = ("bank_payer_name", "bank_payer_account", "bank_payer_bank")
BANK_ADAPTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sandbox": ("bank_api_base", "bank_api_key"), "file": _PAYER, "iso20022": _PAYER}
)
ROOT = Path(__file__).resolve().parents[1]
# Each photo store, and the settings it needs in production.
PHOTO_STORES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"disk": ("public_base_url",), "s3": ("s3_bucket", "s3_access_key", "s3_secret_key")}
)
# Who looks at the content of photos, and what that needs: WeChat, or nobody.
OPINION_ADAPTERS = ("none", "http")
CONTENT_CHECKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"wechat": ("wechat_push_token", "wechat_push_aes_key"), "off": ()}
)
PUSH_AES_KEY_CHARACTERS = 43  # 32 bytes in base64 without its last "="


class BadSettings(Exception):
    """The environment cannot start a service; the message says what to set."""


def _setting(variable: str, default: str = "", *, secret: bool = False) -> str:
    return field(default=default, metadata={"variable": variable, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations. Empty text means "not set"."""

    environment: str = _setting("FEN_ENV", "development")  # development | test | production
    home: str = _setting("FEN_HOME", str(ROOT / "instance"))  # data, photos, made-up secrets
    port: str = _setting("PORT", "8000")
    bind: str = _setting("FEN_BIND", "127.0.0.1")  # the address `make run` listens on
    log_level: str = _setting("FEN_LOG_LEVEL", "INFO")

    # Roles on one database: the owner migrates, the application may not alter the ledger, the
    # keeper ends what is kept no longer and may do nothing else.
    database_url: str = _setting("DATABASE_URL", secret=True)
    database_owner_url: str = _setting("DATABASE_OWNER_URL", secret=True)
    database_keeper_url: str = _setting("DATABASE_KEEPER_URL", secret=True)  # the worker's alone
    redis_url: str = _setting("REDIS_URL", secret=True)

    secret_key: str = _setting("SECRET_KEY", secret=True)  # digests of codes and tokens
    field_keys: str = _setting("FEN_FIELD_KEYS", secret=True)  # "id:base64,…", newest first
    index_key: str = _setting("FEN_INDEX_KEY", secret=True)  # base64; blind indexes
    seal_key: str = _setting("FEN_SEAL_KEY", secret=True)  # base64; Ed25519 seed, signs seals
    # Public halves of former seal keys, base64, joined by commas.
    old_seal_public_keys: str = _setting("FEN_SEAL_OLD_PUBLIC_KEYS")

    wechat_appid: str = _setting("WX_APPID", "wxsandbox0000000000")
    wechat_secret: str = _setting("WX_SECRET", secret=True)
    wechat_api_base: str = _setting("WX_API_BASE")  # empty: WeChat's own
    # As entered in the mini-program's console for message pushes (safe mode).
    wechat_push_token: str = _setting("WX_PUSH_TOKEN", secret=True)
    wechat_push_aes_key: str = _setting("WX_PUSH_AES_KEY", secret=True)
    content_check: str = _setting("CONTENT_CHECK", "wechat")  # wechat | off

    # The address by which phones and WeChat reach us, like https://fen.example.gov.cn
    public_base_url: str = _setting("PUBLIC_BASE_URL")
    photo_store: str = _setting("PHOTO_STORE", "disk")  # disk (below FEN_HOME) | s3
    s3_endpoint: str = _setting("S3_ENDPOINT")  # empty: Amazon's own
    s3_region: str = _setting("S3_REGION", "us-east-1")
    s3_bucket: str = _setting("S3_BUCKET")
    s3_access_key: str = _setting("S3_ACCESS_KEY", secret=True)
    s3_secret_key: str = _setting("S3_SECRET_KEY", secret=True)

    # How the bank is reached: sandbox (docs/bank-wire.md), file or iso20022 (docs/bank-files.md).
    bank_adapter: str = _setting("BANK_ADAPTER", "sandbox")
    bank_api_base: str = _setting("BANK_API_BASE")
    bank_api_key: str = _setting("BANK_API_KEY", secret=True)
    # The custody account, as payment files name it.
    bank_payer_name: str = _setting("BANK_PAYER_NAME")
    bank_payer_account: str = _setting("BANK_PAYER_ACCOUNT", secret=True)
    bank_payer_bank: str = _setting("BANK_PAYER_BANK")

    # A model that looks at photos: none, or http (app/outside/opinions.py has the wire).
    opinion_adapter: str = _setting("OPINION_ADAPTER", "none")
    opinion_url: str = _setting("OPINION_URL")
    opinion_key: str = _setting("OPINION_KEY", secret=True)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_sandbox(self) -> bool:
        """Whether it is the stand-in of WeChat that says who signs in."""
        return not self.is_production and "wxsandbox" in self.wechat_appid

    @property
    def home_path(self) -> Path:
        return Path(self.home).resolve()

    def shown(self) -> dict[str, str]:
        """The effective settings by variable, secrets hidden."""
        return {
            f.metadata["variable"]: _hidden(getattr(self, f.name), secret=f.metadata["secret"])
            for f in fields(self)
        }


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Raises:
        BadSettings: a value is missing, too weak or malformed; the message says what to set.
    """
    environ = os.environ if environ is None else environ
    given = {
        f.name: environ[f.metadata["variable"]]
        for f in fields(Settings)
        if environ.get(f.metadata["variable"])
    }
    settings = Settings(**given)
    if settings.environment not in {"development", "test", "production"}:
        raise BadSettings(
            f"FEN_ENV={settings.environment} is unknown: set development, test or production."
        )
    if not re.fullmatch("[0-9]{1,5}", settings.port) or not 0 < int(settings.port) < 65536:
        raise BadSettings(f"PORT={settings.port} is not a port: set a number from 1 to 65535.")
    for variable, value, known in (
        ("BANK_ADAPTER", settings.bank_adapter, BANK_ADAPTERS),
        ("PHOTO_STORE", settings.photo_store, PHOTO_STORES),
        ("CONTENT_CHECK", settings.content_check, CONTENT_CHECKS),
        ("OPINION_ADAPTER", settings.opinion_adapter, OPINION_ADAPTERS),
    ):
        if value not in known:
            raise BadSettings(f"{variable}={value} is unknown: set {', '.join(known)}.")
    if settings.opinion_adapter == "http" and not (settings.opinion_url and settings.opinion_key):
        raise BadSettings("OPINION_ADAPTER=http needs OPINION_URL and OPINION_KEY.")
    if settings.is_production:
        _refuse_gaps(settings)
    else:
        settings = Settings(**{**_kept_or_made_up(settings.home_path), **given})
    _check_keys(settings)
    _check_push_key(settings)
    return settings


def _refuse_gaps(settings: Settings) -> None:
    needed = (
        "database_url",
        "database_owner_url",
        "redis_url",
        "secret_key",
        "field_keys",
        "index_key",
        "seal_key",
        "wechat_secret",
        *BANK_ADAPTERS[settings.bank_adapter],
        *PHOTO_STORES[settings.photo_store],
        *CONTENT_CHECKS[settings.content_check],
    )
    by_name = {f.name: f.metadata["variable"] for f in fields(Settings)}
    missing = [by_name[name] for name in needed if not getattr(settings, name)]
    if missing:
        raise BadSettings(
            f"FEN_ENV=production needs {', '.join(missing)}: set them in the environment "
            "(docs/operations.md lists every setting and how to make each secret)."
        )
    if len(settings.secret_key.encode()) < SECRET_BYTES_MIN:
        raise BadSettings(
            f"SECRET_KEY is too weak: set at least {SECRET_BYTES_MIN} random bytes, "
            "for example the output of `openssl rand -base64 48`."
        )
    if "wxsandbox" in settings.wechat_appid:
        raise BadSettings("WX_APPID is the sandbox's: set the appid of your mini-program.")


def _check_keys(settings: Settings) -> None:
    old_public_keys = [key for key in settings.old_seal_public_keys.split(",") if key]
    for variable, text in (
        ("FEN_INDEX_KEY", f"index:{settings.index_key}"),
        ("FEN_SEAL_KEY", f"seal:{settings.seal_key}"),
        *(("FEN_SEAL_OLD_PUBLIC_KEYS", f"old:{key}") for key in old_public_keys),
        *(("FEN_FIELD_KEYS", pair) for pair in settings.field_keys.split(",")),
    ):
        key_id, _, encoded = text.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != SECRET_BYTES_MIN:
            raise BadSettings(
                f"{variable} must hold 32 random bytes in base64 "
                "(FEN_FIELD_KEYS as id:base64), for example `openssl rand -base64 32`."
            )


def _check_push_key(settings: Settings) -> None:
    key = settings.wechat_push_aes_key
    try:
        is_good = len(key) == PUSH_AES_KEY_CHARACTERS and base64.b64decode(key + "=", validate=True)
    except binascii.Error:
        is_good = False
    if key and not is_good:
        raise BadSettings("WX_PUSH_AES_KEY must be the 43 letters and digits of WeChat's console.")


def _kept_or_made_up(home: Path) -> dict[str, str]:
    try:
        return _made_up(home)
    except ValueError:
        raise BadSettings(
            f"{home / 'secrets.json'} is damaged: put back the file of your backup; without it, "
            "what is encrypted in this home cannot be read any more.\n"
            f"{home / 'secrets.json'} 已损坏：请从备份恢复；"
            "没有它，这个文件夹里加密的内容就打不开了。"
        ) from None
    except OSError as error:
        raise BadSettings(
            f"{home} cannot be the home of this service ({error.strerror}): make it a folder that "
            "this user may write in, or set FEN_HOME to another.\n"
            f"{home} 不能用来存放数据（{error.strerror}）：请换成当前用户可以写入的文件夹，"
            "或把 FEN_HOME 设为其他文件夹。"
        ) from None


def _made_up(home: Path) -> dict[str, str]:
    """Secrets of a development home, made once and kept there with mode 0600."""
    path = home / "secrets.json"
    made = {
        "secret_key": secrets.token_urlsafe(48),
        "field_keys": "dev1:" + _new_key(),
        "index_key": _new_key(),
        "seal_key": _new_key(),
        "wechat_secret": secrets.token_hex(16),
        "wechat_push_token": secrets.token_hex(16),
        "wechat_push_aes_key": _new_key().rstrip("="),
        "bank_api_key": secrets.token_hex(16),
    }
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        _keep(made, path, place=_unless_there)
    kept: dict[str, str] = json.loads(path.read_text())
    if made.keys() - kept.keys():  # the home is older than one of our secrets
        _keep({**made, **kept}, path, place=os.replace)
        kept = json.loads(path.read_text())
    return kept


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _keep(made: Mapping[str, str], path: Path, *, place: Callable[[Path, Path], None]) -> None:
    draft = path.with_name(f".secrets.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(made, indent=1))
    place(draft, path)
    draft.unlink(missing_ok=True)


def _unless_there(draft: Path, path: Path) -> None:
    with suppress(FileExistsError):
        os.link(draft, path)  # the first of two starts wins; the other reads its secrets


def _hidden(value: str, *, secret: bool) -> str:
    if not secret or not value:
        return value
    return "(set, hidden)"
