"""Settings are read once; a missing or weak one stops a production start and says what to set."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.config import BadSettings, read_settings

KEY = base64.b64encode(bytes(32)).decode()
PRODUCTION = {
    "FEN_ENV": "production",
    "DATABASE_URL": "postgresql+psycopg://fen_app@db/fen",
    "DATABASE_OWNER_URL": "postgresql+psycopg://fen_owner@db/fen",
    "REDIS_URL": "redis://cache",
    "SECRET_KEY": "x" * 32,
    "FEN_FIELD_KEYS": f"k1:{KEY}",
    "FEN_INDEX_KEY": KEY,
    "FEN_SEAL_KEY": KEY,
    "WX_APPID": "wx0123456789abcdef",
    "WX_SECRET": "s" * 32,
    "BANK_API_BASE": "https://bank.example",
    "BANK_API_KEY": "b" * 32,
    "WX_PUSH_TOKEN": "t" * 32,
    "WX_PUSH_AES_KEY": "k" * 43,
    "PUBLIC_BASE_URL": "https://fen.example",
}


def test_a_complete_production_environment_starts():
    settings = read_settings(PRODUCTION)

    assert settings.is_production
    assert settings.database_url == "postgresql+psycopg://fen_app@db/fen"


@pytest.mark.parametrize("variable", sorted(set(PRODUCTION) - {"FEN_ENV", "WX_APPID"}))
def test_each_missing_setting_stops_a_production_start_by_name(variable):
    environ = {**PRODUCTION, variable: ""}

    with pytest.raises(BadSettings, match=variable):
        read_settings(environ)


def test_every_missing_setting_is_named_at_once():
    with pytest.raises(BadSettings, match=r"DATABASE_URL.*REDIS_URL.*SECRET_KEY"):
        read_settings({"FEN_ENV": "production"})


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "too weak"),
        ("FEN_FIELD_KEYS", "k1:c2hvcnQ=", "32 random bytes"),
        ("FEN_FIELD_KEYS", KEY, "32 random bytes"),
        ("FEN_INDEX_KEY", "not base64!", "32 random bytes"),
        ("FEN_SEAL_KEY", "c2hvcnQ=", "32 random bytes"),
        ("FEN_SEAL_OLD_PUBLIC_KEYS", f"{KEY},c2hvcnQ=", "32 random bytes"),
        ("PORT", "eighty", "not a port"),
        ("PORT", "70000", "not a port"),
        ("FEN_ENV", "prod", "unknown"),
        ("WX_APPID", "wxsandbox0000000000", "sandbox"),
        ("WX_PUSH_AES_KEY", "k" * 42, "43 letters"),
        ("PHOTO_STORE", "ftp", "unknown"),
        ("CONTENT_CHECK", "maybe", "unknown"),
    ],
)
def test_a_weak_or_malformed_setting_is_refused_with_what_to_set(variable, value, sentence):
    with pytest.raises(BadSettings, match=sentence) as refusal:
        read_settings({**PRODUCTION, variable: value})

    assert variable in str(refusal.value)


def test_a_development_home_makes_up_its_secrets_once_and_keeps_them(tmp_path):
    environ = {"FEN_HOME": str(tmp_path / "home")}

    first, second = read_settings(environ), read_settings(environ)

    assert first == second
    assert len(first.secret_key) >= 32
    kept = tmp_path / "home" / "secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_first_starts_at_once_agree_on_the_secrets(tmp_path):
    environ = {"FEN_HOME": str(tmp_path / "home")}

    with ThreadPoolExecutor(16) as pool:
        settings = list(pool.map(lambda _: read_settings(environ), range(16)))

    assert len(set(settings)) == 1
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["secrets.json"]


def test_the_settings_are_shown_without_their_secrets():
    shown = read_settings(PRODUCTION).shown()

    assert shown["FEN_ENV"] == "production"
    assert shown["WX_APPID"] == "wx0123456789abcdef"
    assert shown["SECRET_KEY"] == "(set, hidden)"
    secrets = {PRODUCTION[name] for name in ("SECRET_KEY", "WX_SECRET", "BANK_API_KEY")} | {KEY}
    assert not any(secret in value for value in shown.values() for secret in secrets)


def test_flask_config_prints_the_settings(app):
    result = app.test_cli_runner().invoke(args=["config"])

    assert result.exit_code == 0
    assert "FEN_ENV=test\n" in result.output
    assert "SECRET_KEY=(set, hidden)\n" in result.output
    assert app.config["SECRET_KEY"] not in result.output


PAYER = {
    "BANK_PAYER_NAME": "专户",
    "BANK_PAYER_ACCOUNT": "9901010100000018",
    "BANK_PAYER_BANK": "信用社",
}


@pytest.mark.parametrize("adapter", ["file", "iso20022"])
def test_a_bank_that_takes_files_needs_the_payer_and_no_address(adapter):
    environ = {**PRODUCTION, **PAYER, "BANK_ADAPTER": adapter}
    del environ["BANK_API_BASE"], environ["BANK_API_KEY"]

    assert read_settings(environ).bank_adapter == adapter
    for variable in PAYER:
        with pytest.raises(BadSettings, match=variable):
            read_settings({**environ, variable: ""})


def test_an_unknown_way_to_the_bank_stops_the_start():
    with pytest.raises(BadSettings, match="BANK_ADAPTER=telex is unknown"):
        read_settings({**PRODUCTION, "BANK_ADAPTER": "telex"})


S3 = {
    "PHOTO_STORE": "s3",
    "S3_BUCKET": "fen-photos",
    "S3_ACCESS_KEY": "access-key-of-the-bucket",
    "S3_SECRET_KEY": "secret-key-of-the-bucket",
    "PUBLIC_BASE_URL": "",
}


@pytest.mark.parametrize("variable", ["S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_a_store_that_speaks_s3_needs_its_bucket_and_keys_and_no_address_of_ours(variable):
    assert read_settings({**PRODUCTION, **S3}).photo_store == "s3"
    with pytest.raises(BadSettings, match=variable):
        read_settings({**PRODUCTION, **S3, variable: ""})


def test_a_county_without_a_content_check_says_so_and_needs_no_key_for_its_answers():
    given_up = {"WX_PUSH_TOKEN": "", "WX_PUSH_AES_KEY": ""}

    assert read_settings({**PRODUCTION, **given_up, "CONTENT_CHECK": "off"}).content_check == "off"
