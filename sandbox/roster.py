"""The demo county's roster: the same people whenever it is made, none of whom exist.

``python -m sandbox.roster OUT.xlsx --households 120`` writes the workbook that
``flask roster import`` reads. The ID numbers have right check digits and the region code 990101,
which no place has; the names are of things one meets on a walk.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path

from openpyxl import Workbook

from app.register.households.roster.checks import check_character
from app.register.households.roster.columns import SHEET, Column

COUNTY_ID = 990101
COUNTY_NAME = "示范县"
FIRST_PHONE = 19_900_000_000
HOUSEHOLDS = 120
VILLAGE_SIZE = 900  # a larger roster has more villages, as counties do
PARTY_SHARE = 0.12
NO_PHONE_SHARE = 0.1
SEED = 2018

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_WORDS = (  # two characters each
    "分类干净绿叶清风明月桃花春雨稻香竹林小溪白云青山晨光彩虹丰收喜鹊石榴荷花松果山泉"
    "麦穗晚霞杨柳梅枝燕归海棠枇杷菊香银杏雪松萤火橘红芦花杜鹃翠竹蜜蜂蒲公金穗"
)
GIVEN = tuple(_WORDS[place : place + 2] for place in range(0, len(_WORDS), 2))
TOWNS = ("和平镇", "丰收镇", "清溪镇", "石桥镇", "稻香镇", "青山镇", "柳林镇", "白云镇")
VILLAGES = ("前进村", "新建村", "向阳村", "红旗村", "东风村", "胜利村", "团结村", "光明村")
GROUPS = tuple(f"{number}组" for number in "一二三四五六七八九十")


@dataclass(frozen=True)
class Place:
    """A village with its groups."""

    town: str
    village: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Home:
    """One row, before its liaison is chosen."""

    place: Place
    group: str
    head: str
    id_number: str
    phone: str
    door: str
    members: int
    is_party: bool


def places(households: int = HOUSEHOLDS) -> list[Place]:
    """The villages of a county of this size: three in two towns for the demo."""
    if households <= 3 * VILLAGE_SIZE:
        first, second, third = VILLAGES[:3]
        return [
            Place(TOWNS[0], first, GROUPS[:3]),
            Place(TOWNS[0], second, GROUPS[:3]),
            Place(TOWNS[1], third, GROUPS[:2]),
        ]
    count = min(-(-households // VILLAGE_SIZE), len(TOWNS) * len(VILLAGES))
    everywhere = ((town, village) for village in VILLAGES for town in TOWNS)
    return [Place(town, village, GROUPS) for town, village in islice(everywhere, count)]


def rows(households: int = HOUSEHOLDS, seed: int = SEED) -> Iterator[list[str | int]]:
    """The rows below the heading."""
    chance = random.Random(seed)
    homes = list(_homes(households, chance))
    party: dict[Place, list[Home]] = {}
    for home in homes:
        if home.is_party:
            party.setdefault(home.place, []).append(home)
    names = Counter((home.place, home.head) for home in homes if home.is_party)
    for home in homes:
        liaison = "" if home.is_party else _named(chance.choice(party[home.place]), names)
        yield [
            home.place.town,
            home.place.village,
            home.group,
            home.head,
            home.id_number,
            home.phone,
            home.door,
            home.members,
            "是" if home.is_party else "否",
            liaison,
        ]


def write(out: Path, households: int = HOUSEHOLDS, seed: int = SEED) -> None:
    """Write the workbook as Excel would: with shared strings and its dimension."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet.append([column for column in Column if not column.cells.may_be_missing])
    for row in rows(households, seed):
        sheet.append(row)
    book.save(out)


def _homes(households: int, chance: random.Random) -> Iterator[Home]:
    where = cycle((place, group) for place in places(households) for group in place.groups)
    used: set[tuple[Place, str, str]] = set()
    seen: set[Place] = set()
    for number, (place, group) in enumerate(islice(where, households)):
        # The first of a village is a party household, so that everybody can have a liaison.
        is_party = place not in seen or chance.random() < PARTY_SHARE
        seen.add(place)
        head, id_number = _person(number, chance)
        while (place, head, id_number[-4:]) in used:
            head, id_number = _person(number, chance)
        used.add((place, head, id_number[-4:]))
        has_phone = chance.random() >= NO_PHONE_SHARE
        yield Home(
            place=place,
            group=group,
            head=head,
            id_number=id_number,
            phone=str(FIRST_PHONE + number) if has_phone else "",
            door=f"{group[0]}组 {number // 8 + 1} 号",
            members=chance.choice((1, 2, 2, 3, 3, 4, 4, 5, 6)),
            is_party=is_party,
        )


def _person(number: int, chance: random.Random) -> tuple[str, str]:
    """A name and an ID number; the day and the three digits make each number unlike the others."""
    head = chance.choice(SURNAMES) + chance.choice(GIVEN)
    born = date(1945, 1, 1) + timedelta(days=number % 18_000)
    first_17 = f"{COUNTY_ID}{born:%Y%m%d}{number // 18_000 * 100 + chance.randrange(100):03}"
    return head, first_17 + check_character(first_17)


def _named(liaison: Home, names: Counter[tuple[Place, str]]) -> str:
    if names[liaison.place, liaison.head] == 1:
        return liaison.head
    return f"{liaison.head}({liaison.id_number[-4:]})"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the demo county's roster.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    write(arguments.out, arguments.households, arguments.seed)
    for place in places(arguments.households):
        print(place.town, place.village)


if __name__ == "__main__":
    main()
