"""The demo county that ``make run`` begins with: ``python -m sandbox.county``.

Where a county is there already it does nothing. ``--people`` prints who can sign in.
"""

import argparse
import os

import click

from sandbox import people

HOW_TO_SIGN_IN = """\
  Sign in as one of them 登录方法:
    code=$(curl -s $WECHAT/_sandbox/login-codes -H 'Content-Type: application/json' \\
      -d '{"openid": "demo-19900000001"}' | sed 's/.*"code": *"\\([^"]*\\)".*/\\1/')
    curl -s $API/api/v1/session -H 'Content-Type: application/json' -d "{\\"code\\": \\"$code\\"}"
"""


def cast() -> str:
    """Who can sign in to the demo county, by role."""
    everybody = (
        *people.RESIDENTS,
        people.LIAISON,
        people.CLERK,
        people.MERCHANT,
        *people.STAFF,
    )
    return "\n".join(f"  openid={p.openid}  {p.title} {p.name} {p.area}" for p in everybody)


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo county")
    parser.add_argument("--people", action="store_true", help="print who can sign in")
    options = parser.parse_args()
    if os.environ.get("FEN_DEMO_COUNTY") == "no":
        return
    if options.people:
        click.echo(cast())
        port = int(os.environ.get("PORT", "8000"))
        api, wechat = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
        click.echo(HOW_TO_SIGN_IN.replace("$API", api).replace("$WECHAT", wechat))
        return
    # The whole application is needed only here, and it is what takes time to load.
    from sandbox.demo_county import enter_if_empty

    enter_if_empty()


if __name__ == "__main__":
    main()
