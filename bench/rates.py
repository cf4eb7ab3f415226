"""What rates cost in a county of 30,000 households after 60 days: ``python -m bench.rates``."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import create_engine, text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.register.regions.models import RegionKind
from app.register.regions.queries import root
from app.sorting.rates import queries, service
from app.sorting.rounds import planning
from bench.ground import ground

COUNTY = 990201
VILLAGES, GROUPS, HOUSEHOLDS_EACH = 34, 30, 30  # of each: 30,600 households
DAYS = 60
INSPECTORS = 112
RUNS = 5

# Self-checks on 58 % of the days, each with its photo and judged, as in Nanhu; a check a month.
_FILL = """
INSERT INTO counties (id, name, created_at) VALUES (:county, 'Bench', :began);
CREATE FUNCTION pg_temp.made(kind text, a int, b int, c int) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT md5(kind || ':' || a || ':' || b || ':' || c)::uuid $$;
INSERT INTO regions (id, county_id, parent_id, kind, name, path, created_at)
SELECT id, :county, NULL, 'county', 'Bench', ARRAY[id], :began
  FROM (SELECT pg_temp.made('county', 0, 0, 0) AS id) root;
INSERT INTO regions (id, county_id, parent_id, kind, name, path, created_at)
SELECT id, :county, path[1], 'town', 'Town', path || id, :began
  FROM (SELECT pg_temp.made('town', 0, 0, 0) AS id, path FROM regions
         WHERE county_id = :county) town;
INSERT INTO regions (id, county_id, parent_id, kind, name, path, created_at)
SELECT id, :county, path[2], 'village', 'Village ' || v, path || id, :began
  FROM (SELECT pg_temp.made('village', v, 0, 0) AS id, v, path
          FROM regions, generate_series(1, :villages) v
         WHERE county_id = :county AND kind = 'town') village;
INSERT INTO regions (id, county_id, parent_id, kind, name, path, created_at)
SELECT id, :county, path[3], 'group', 'Group ' || g, path || id, :began
  FROM (SELECT md5(id || ':' || g)::uuid AS id, g, path
          FROM regions, generate_series(1, :groups) g
         WHERE county_id = :county AND kind = 'village') grp;
INSERT INTO households (id, county_id, village_id, group_id, door_number, member_count,
                        is_party_household, created_at)
SELECT md5(r.id || ':' || h)::uuid, :county, r.parent_id, r.id, h || '', 3, false, :began
  FROM regions r, generate_series(1, :each) h WHERE r.county_id = :county AND r.kind = 'group';
INSERT INTO members (id, county_id, household_id, name, id_number_sealed, id_number_index, is_head,
                     is_party_member, created_at)
SELECT md5('head:' || id)::uuid, :county, id, '王小明', 'x', sha256(uuid_send(id)), true, false,
       :began FROM households WHERE county_id = :county;
INSERT INTO users (id, county_id, is_blocked, created_at)
SELECT pg_temp.made('user', u, 0, 0), :county, false, :began FROM generate_series(1, :users) u;
INSERT INTO role_grants (id, user_id, role, place_id, granted_at)
SELECT pg_temp.made('grant', u, 0, 0), pg_temp.made('user', u, 0, 0), 'inspector',
       pg_temp.made('village', 1 + u % :villages, 0, 0), :began
  FROM generate_series(1, :users) u;
INSERT INTO photos (county_id, id, household_id, group_id, uploaded_by, received_at, upload_bytes,
                    sha256, state, attempts)
SELECT :county, md5(h.id || ':' || d)::uuid, h.id, h.group_id, pg_temp.made('user', 1, 0, 0),
       :began + make_interval(days => d), 1, sha256('x'), 'received', 0
  FROM households h, generate_series(0, :days - 1) d
 WHERE h.county_id = :county AND (hashtext(h.id || ':' || d) & 1023) < 590;
INSERT INTO self_checks (county_id, id, household_id, village_id, group_id, user_id, photo_id,
                         state, submitted_at, findings, reviewed_by, reviewed_at)
SELECT p.county_id, p.id, p.household_id, h.village_id, h.group_id, p.uploaded_by, p.id, 'approved',
       p.received_at, '[]', p.uploaded_by, p.received_at
  FROM photos p JOIN households h ON h.id = p.household_id WHERE p.county_id = :county;
INSERT INTO checks (county_id, id, household_id, village_id, checked_by, liaison_id, at, grade,
                    wrong_kinds, photo_id)
SELECT p.county_id, p.id, p.household_id, h.village_id, p.uploaded_by, md5('head:' || h.id)::uuid,
       p.received_at, 'b', '{}', p.id
  FROM photos p JOIN households h ON h.id = p.household_id
 WHERE p.county_id = :county AND (hashtext(p.id || '') & 15) = 0;
ANALYZE;
"""


def main() -> None:
    now = datetime.now(UTC)
    with ground() as here:
        _fill(here.app.config["SETTINGS"].database_owner_url, clock.day_start(clock.day_of(now)))
        with here.app.app_context():
            _measure(now)


def _fill(url: str, today: datetime) -> None:
    values = {
        "county": COUNTY,
        "began": today - timedelta(days=DAYS) + timedelta(hours=8),
        "villages": VILLAGES,
        "groups": GROUPS,
        "each": HOUSEHOLDS_EACH,
        "users": INSPECTORS,
        "days": DAYS,
    }
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        # Everything is counted at once below: no day need be marked.
        for table in ("checks", "self_checks"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER household_day_is_marked"))
        for statement in _FILL.split(";\n"):
            if statement.strip():
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(text(statement), used)
        for table in ("checks", "self_checks"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER household_day_is_marked"))
    engine.dispose()


def _measure(now: datetime) -> None:
    with transaction():
        place = root(COUNTY)
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        timed("recount of everything", lambda: service.recount(county_id=COUNTY, at=now), 1)
    with transaction():
        count = text("SELECT count(*) FROM household_days")
        print(f"{db.session.scalar(count):,} household days")
        db.session.execute(
            text("""
                INSERT INTO household_day_marks (county_id, household_id, on_day)
                SELECT county_id, household_id, on_day FROM household_days ORDER BY on_day DESC
                 LIMIT 25000
            """)
        )
    timed("counting 5,000 marks", _count, RUNS)
    area: dict[str, Any] = {
        "county_id": COUNTY,
        "places": [place.id],
        "period": queries.last_days(30, at=now),
        "before": None,
        "limit": 100,
    }
    for kind in RegionKind:
        work = partial(queries.place_rates, kind=kind, **area)
        timed(f"rates of a page of places: {kind}", work, RUNS)
    timed("rates of 100 households", lambda: queries.household_rates(**area), RUNS)
    with transaction():
        week_on = planning.week_of(clock.day_of(now)) + timedelta(days=7)
        timed(
            f"drawing a week for {INSPECTORS} inspectors",
            lambda: planning.draw_week(county_id=COUNTY, week_on=week_on, at=now),
            1,
        )
        timed("repeating its lot", lambda: planning.repeat(COUNTY, week_on), 1)


def _count() -> None:
    with transaction():
        service.count(county_id=COUNTY, at=datetime.now(UTC))


def timed(what: str, work: Callable[[], object], runs: int) -> None:
    """Print the median of some runs, in milliseconds."""
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    print(f"{what}: {sorted(took)[runs // 2] * 1000:,.0f} ms", flush=True)


if __name__ == "__main__":
    main()
