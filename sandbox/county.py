"""The demo county that ``make run`` begins with: ``python -m sandbox.county``.

Where a county is there already it does nothing. ``--people`` prints who can sign in, and leaves
it where the start page of the service finds it.
"""

import argparse
import json
import os
import sys

import click

from app.config import Settings, read_settings
from sandbox import people
from sandbox.past.phone import PastBroken

HOW_TO_SIGN_IN = """\
  Sign in as one of them 登录方法（换成上面任何一位的代号）:
    code=$(curl -s $WECHAT/_sandbox/login-codes -H 'Content-Type: application/json' \\
      -d '{"openid": "demo-19900000001"}' | sed 's/.*"code": *"\\([^"]*\\)".*/\\1/')
    curl -s $API/api/v1/session -H 'Content-Type: application/json' -d "{\\"code\\": \\"$code\\"}"
"""
INTERRUPTED = """\
  The demo county was not finished: stop, delete {home} and start again for a whole one.
  示范县上次没有做完：要完整的，请先停下，删掉 {home}，再启动。
"""


def cast() -> str:
    """Who can sign in to the demo county, by their openid."""
    return "\n".join(f"  {p.openid}  {p.title} {p.name} {p.area}" for p in people.everybody())


def listed() -> list[dict[str, str]]:
    """The same for a program, with whoever is met first in front."""
    first = (*people.RESIDENTS[:1], people.CLERK, people.MERCHANT, people.LIAISON)
    everybody = (*first, *(p for p in people.everybody() if p not in first), people.NEWCOMER)
    return [
        {
            "openid": someone.openid,
            "name": someone.name,
            "title": someone.title,
            "role": someone.role,
            "area": people.SHOP if someone is people.CLERK else someone.area or people.COUNTY_NAME,
        }
        for someone in everybody
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo county")
    parser.add_argument("--people", action="store_true", help="print who can sign in")
    options = parser.parse_args()
    if os.environ.get("FEN_DEMO_COUNTY") == "no":
        return
    settings = read_settings()
    if settings.is_production:
        sys.exit("The demo county is for demonstrations, and FEN_ENV is production.")
    _introduce(settings) if options.people else _enter(settings)


def _introduce(settings: Settings) -> None:
    port = int(settings.port)
    api, wechat = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    told = "\n".join([cast(), HOW_TO_SIGN_IN.replace("$API", api).replace("$WECHAT", wechat)])
    if (settings.home_path / people.UNFINISHED).exists():
        told += INTERRUPTED.format(home=settings.home_path)
    click.echo(told)
    introduced = settings.home_path / people.INTRODUCED
    introduced.parent.mkdir(parents=True, exist_ok=True)
    introduced.write_text(told)
    (settings.home_path / people.LISTED).write_text(
        json.dumps({"county": people.COUNTY_NAME, "people": listed()}, ensure_ascii=False)
    )


def _enter(settings: Settings) -> None:
    # The whole application is needed only here, and it is what takes time to load.
    from sandbox.demo_county import enter_if_empty

    try:
        enter_if_empty(settings)
    except PastBroken as broken:
        # The service is worth looking at without the rest of its past.
        click.echo(f"  {broken}", err=True)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
