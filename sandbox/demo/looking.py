"""What somebody in the story looks up, or does many times."""

import time
from collections.abc import Iterator
from typing import Any

from sandbox.demo.person import Person

LOOK_SECONDS = 2.1  # a verdict that comes sooner after a photo does not count


def waiting(reviewer: Person) -> int:
    """How many photos wait for their first verdict."""
    stages = reviewer.get("reviews/waiting")["items"]
    return sum(each["waiting"] for each in stages if each["stage"] == "first")


def judge_all(reviewer: Person, by_photo: dict[str, Any]) -> Iterator[list[Any]]:
    """Look at what waits and judge it as said for each photo; yields what was lent at a time."""
    while lent := reviewer.post("reviews/next", expected=200)["items"]:
        for item in lent:
            time.sleep(LOOK_SECONDS)
            verdict = by_photo[item["photo_id"]]
            reviewer.post(f"reviews/{item['id']}/verdict", verdict, expected=200)
        yield lent


def points_of(resident: Person) -> int:
    """What the person's household can spend."""
    points: int = resident.get("points")["points"]
    return points


def household_of(resident: Person) -> str:
    """The id of the household that the person lives in."""
    household: str = resident.get("me")["household"]["id"]
    return household


def all_items(person: Person, path: str) -> list[Any]:
    """A whole list, page after page."""
    items: list[Any] = []
    query: dict[str, Any] = {"limit": 100}
    while True:
        page = person.get(path, **query)
        items += page["items"]
        if page["next"] is None:
            return items
        query["before"] = page["next"]
