"""Where the time of a post, a redemption and an order goes: ``python -m bench.profiling``.

One process and one client, so that nothing waits for anything but the database and its disk.
"""

import cProfile
import pstats
from collections.abc import Callable
from itertools import cycle
from uuid import uuid4

from app.kernel.db import db
from bench import ordering, posting, shop
from bench.ground import COUNTY, Ground, fund, ground

RUNS = 500
SHOP_COUNTY = COUNTY + 1
ORDER_COUNTY = COUNTY + 3
# Function of the profile (file, name) and what it stands for; some contain others.
POST = {
    ("psycopg/connection.py", "wait"): "waiting for PostgreSQL, commit included",
    ("kernel/db.py", "look"): "looking whether the connection lives",
    ("ledger/service.py", "post"): "ledger.post (with its waiting)",
    ("kernel/db.py", "transaction"): "commit (with its waiting)",
}
REDEMPTION = {
    ("psycopg/connection.py", "wait"): "waiting for PostgreSQL, commit included",
    ("web/auth.py", "load_caller"): "who calls",
    ("web/idempotency.py", "_first_answer"): "claiming the key",
    ("redemption/service/redeeming.py", "_locked_code"): "finding and locking the code",
    ("redemption/queries.py", "open_shop"): "is the shop open",
    ("ledger/service.py", "spend"): "ledger.spend",
    ("kernel/db.py", "transaction"): "commit",
    ("redemption/queries.py", "redemption"): "reading what is shown",
}
ORDER = {
    ("psycopg/connection.py", "wait"): "waiting for PostgreSQL, commit included",
    ("sqlalchemy/engine/base.py", "_execute_context"): "all statements (with their waiting)",
    ("web/auth.py", "load_caller"): "who calls",
    ("web/idempotency.py", "_first_answer"): "claiming the key",
    ("campaigns/queries.py", "running"): "which campaigns run",
    ("catalogue/stock.py", "reserve"): "setting pieces aside",
    ("orm/session.py", "flush"): "writing rows",
    ("orders/placing.py", "_hold"): "holding the points",
    ("orders/queries.py", "order"): "reading what is shown",
    ("kernel/db.py", "transaction"): "commit",
}


def main() -> None:
    with ground() as here:
        with here.app.app_context():
            place = shop.open_shop(SHOP_COUNTY, clerks=1, households=50)
            fund(SHOP_COUNTY, [place.village_id])
            shop.give_points(SHOP_COUNTY, place)
            codes = iter(shop.issue_codes(SHOP_COUNTY, place, 2 * RUNS))
        with here.app.app_context():
            show("post", profiled(posting.post), POST)
            db.session.remove()
        client = here.app.test_client()

        def redeem() -> None:
            headers = {
                "Authorization": f"Bearer {place.clerk_tokens[0]}",
                "Idempotency-Key": uuid4().hex,
            }
            body = {"code": next(codes), "points": 3}
            answer = client.post("/api/v1/redemptions", json=body, headers=headers)
            assert answer.status_code == 201, answer.text

        show("redemption", profiled(redeem), REDEMPTION)
        show("order of two lines", profiled(_ordering(here)), ORDER)


def _ordering(here: Ground) -> Callable[[], None]:
    """Places an order, each time by the next of some residents."""
    with here.app.app_context():
        place = shop.open_shop(ORDER_COUNTY, clerks=1, households=50)
        fund(ORDER_COUNTY, [place.village_id])
        shop.give_points(ORDER_COUNTY, place)
        mall = ordering.open_mall(ORDER_COUNTY, place)
    client, tokens = here.app.test_client(), cycle(mall.tokens)

    def order() -> None:
        headers = {"Authorization": f"Bearer {next(tokens)}", "Idempotency-Key": uuid4().hex}
        answer = client.post("/api/v1/orders", json=ordering.basket(mall), headers=headers)
        assert answer.status_code == 201, answer.text

    return order


def profiled(work: Callable[[], None]) -> pstats.Stats:
    """The profile of many runs, after some to warm up."""
    for _ in range(RUNS // 2):
        work()
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(RUNS):
        work()
    profile.disable()
    return pstats.Stats(profile)


def show(what: str, stats: pstats.Stats, parts: dict[tuple[str, str], str]) -> None:
    total: float = stats.total_tt  # type: ignore[attr-defined]
    print(f"{what}: {1000 * total / RUNS:.2f} ms, of which")
    for (file, name), meaning in parts.items():
        spent = sum(
            row[3]
            for place, row in stats.stats.items()  # type: ignore[attr-defined]
            if place[0].endswith(file) and place[2] == name
        )
        print(f"  {1000 * spent / RUNS:6.2f} ms  {meaning}")


if __name__ == "__main__":
    main()
