"""A county's settings for planned inspections, typed; docs/rounds.md explains each key."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from app.agreements.choices import settings_kind
from app.register.regions.county_settings import Form, Settings
from app.register.regions.errors import SettingOutOfBounds
from app.sorting.rounds.errors import BadSettings
from app.sorting.rounds.scoring import BASE, ITEM_WORDS, Item, ItemPoints

NUMBER_MAX = 1_000
# Between which numbers a county may choose, whoever agrees: a mark that everybody passes, or a week
# without visits, is no inspection.
PASS_FROM_LEAST = 60
RECHECK_DAYS_MAX = 31


@dataclass(frozen=True)
class Quotas:
    """How many households of each way an inspector is given a week."""

    recommended: int = 10
    random: int = 10
    bottom: int = 5


@dataclass(frozen=True)
class Recommend:
    """What makes a household recommended: points for each part, and how far a part goes."""

    unseen_days_max: int = 60  # a day without a check or a visit counts 1, up to so many
    per_percent_missing: int = 1  # for each whole percent that its score lacks to 100
    per_grade_c: int = 20  # for each grade C in the last 28 days
    grade_c_max: int = 3  # so many of them count


@dataclass(frozen=True)
class RoundSettings:
    """One version of the settings; it counts from the next draw and the next result on."""

    quotas: Quotas = Quotas()
    area_quotas: Mapping[UUID, Quotas] = field(default_factory=dict)  # by region
    keeps_out_of_own_village: bool = True
    recheck_after_days: int = 7
    pass_from: int = 75  # of 100
    recommend: Recommend = Recommend()
    items: Mapping[Item, ItemPoints] = field(
        default_factory=lambda: {
            Item.SORTING: ItemPoints(most=40, per_finding=10),
            Item.BINS: ItemPoints(most=20, per_finding=5),
            Item.SURROUNDINGS: ItemPoints(most=25, per_finding=5),
            Item.TAKING_PART: ItemPoints(most=15, per_finding=5),
        }
    )

    def quotas_at(self, path: Sequence[UUID]) -> Quotas:
        """The quotas of the place nearest to the end of the path that has its own."""
        for region_id in reversed(path):
            if region_id in self.area_quotas:
                return self.area_quotas[region_id]
        return self.quotas

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "area_quotas": {str(key): asdict(value) for key, value in self.area_quotas.items()},
            "items": {key.value: asdict(value) for key, value in self.items.items()},
        }


def read_settings(table: Mapping[str, Any]) -> RoundSettings:
    """The settings of a table as stored or as sent; keys that are left out keep their default.

    Raises:
        BadSettings: a key is unknown, a value is not a whole number within reason, or the items
            do not add up to 100; the details name the keys.
    """
    unknown = table.keys() - {each.name for each in fields(RoundSettings)}
    if unknown:
        raise BadSettings(keys=", ".join(sorted(unknown)))
    made = RoundSettings()
    for key, value in table.items():
        made = replace(made, **{key: _read(key, value, getattr(made, key))})
    if sum(points.most for points in made.items.values()) != BASE:
        raise BadSettings(keys="items")
    if not 0 < made.pass_from <= BASE or made.recheck_after_days == 0:
        raise BadSettings(keys="pass_from, recheck_after_days")
    return made


def _read(key: str, value: Any, default: Any) -> Any:
    if key == "area_quotas":
        return {_region(id_): _record(key, each, Quotas()) for id_, each in _table(key, value)}
    if key == "items":
        given = dict(_table(key, value))
        if given.keys() != {item.value for item in Item}:
            raise BadSettings(keys=key)
        return {item: _record(key, given[item.value], default[item]) for item in Item}
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise BadSettings(keys=key)
        return value
    return _number(key, value) if isinstance(default, int) else _record(key, value, default)


def _record(key: str, value: Any, default: Any) -> Any:
    given = dict(_table(key, value))
    if given.keys() - {each.name for each in fields(default)}:
        raise BadSettings(keys=key)
    return replace(default, **{name: _number(f"{key}.{name}", n) for name, n in given.items()})


def _table(key: str, value: Any) -> Any:
    if not isinstance(value, dict):
        raise BadSettings(keys=key)
    return value.items()


def _number(key: str, value: Any) -> int:
    # bool is an int to Python, and `true` visits is a slip.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= NUMBER_MAX:
        raise BadSettings(keys=key)
    return value


def _region(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadSettings(keys="area_quotas") from None


def _is_an_inspection(settings: RoundSettings) -> None:
    for name, what, value, least, most in (
        ("pass_from", _WORDS["pass_from"], settings.pass_from, PASS_FROM_LEAST, BASE),
        (
            "recheck_after_days",
            _WORDS["recheck_after_days"],
            settings.recheck_after_days,
            1,
            RECHECK_DAYS_MAX,
        ),
        ("quotas", "每人每周一共督查的户数", sum(vars(settings.quotas).values()), 1, NUMBER_MAX),
    ):
        if not least <= value <= most:
            raise SettingOutOfBounds(
                setting=name, least=least, most=most, what=what, span=f"{least} 到 {most} "
            )


def _in_words(settings: RoundSettings) -> dict[str, str]:
    kept = settings.as_json()
    areas = kept.pop("area_quotas")
    said = {_WORDS[key]: _said(value) for key, value in kept.items()}
    return said | {f"另有户数的地方 {id_}": _said(quotas) for id_, quotas in areas.items()}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, dict):
        return str(value)
    return "，".join(f"{_WORDS[key]} {_said(each)}" for key, each in value.items())


_WORDS = {
    "quotas": "每人每周督查的户数",
    "recommended": "荐优",
    "random": "随机",
    "bottom": "末位",
    "keeps_out_of_own_village": "不查自己村",
    "recheck_after_days": "不合格几天后复查",
    "pass_from": "多少分合格",
    "recommend": "荐优怎样算分",
    "unseen_days_max": "没人去看的天数最多算",
    "per_percent_missing": "得分每少一个百分点",
    "per_grade_c": "每次丙等",
    "grade_c_max": "丙等最多算几次",
    "items": "各项分数",
    **{item.value: words for item, words in ITEM_WORDS.items()},
    "most": "最多",
    "per_finding": "每个问题扣",
}

SETTINGS = Settings(
    "rounds",
    RoundSettings(),
    "督查的规定",
    check=_is_an_inspection,
    form=Form(read=read_settings, write=RoundSettings.as_json, words=_in_words),
)
settings_of = SETTINGS.of
CHANGE = settings_kind(SETTINGS)
