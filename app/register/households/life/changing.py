"""A change of a household, as everybody reads it who has something to do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kernel import clock


class ChangeKind(StrEnum):
    SPLIT = "split"  # some of a household's people become one of their own
    MERGE = "merge"  # all of a household's people join another one
    MOVE = "move"  # to another door of the village
    BIRTH = "birth"
    DEATH = "death"  # of somebody who is not the head
    HEAD = "head"  # another head; the one of before stays, or has died


# Two households: points change hands, so two people agree.
OF_TWO = frozenset({ChangeKind.SPLIT, ChangeKind.MERGE})


class Seen(StrEnum):
    """The document that a village worker has looked at. No copy is kept."""

    HOUSEHOLD_REGISTER = "household_register"
    ID_CARD = "id_card"
    DEATH_CERTIFICATE = "death_certificate"
    CANCELLATION = "cancellation"  # of the police's register
    RESIDENCE_PERMIT = "residence_permit"
    SEPARATION = "separation"  # a deed of separation, or a divorce certificate
    GUARDIANSHIP = "guardianship"
    INHERITANCE = "inheritance"  # by a notary or a court
    VILLAGE_STATEMENT = "village_statement"


SEEN = {
    Seen.HOUSEHOLD_REGISTER: "户口簿",
    Seen.ID_CARD: "身份证",
    Seen.DEATH_CERTIFICATE: "死亡证明",
    Seen.CANCELLATION: "户口注销证明",
    Seen.RESIDENCE_PERMIT: "居住证",
    Seen.SEPARATION: "分户书或离婚证",
    Seen.GUARDIANSHIP: "监护证明",
    Seen.INHERITANCE: "继承公证或法院文书",
    Seen.VILLAGE_STATEMENT: "村委会证明",
}


@dataclass(frozen=True)
class Line:
    """One thing that a change does, in a sentence with figures and without anybody's name."""

    area: str
    text: str


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom the register does not know, who becomes a household's head."""

    name: str
    id_number: str
    phone: str | None


@dataclass(frozen=True)
class Change:
    """What is done: to which household, with which other one, and on whose word.

    ``facts`` are ids and numbers only; each kind knows its own. A split names as ``other_id`` the
    household that it makes.
    """

    county_id: int
    id: UUID
    kind: ChangeKind
    household_id: UUID
    other_id: UUID | None
    facts: Mapping[str, Any]
    document: Seen
    asked_by: UUID
    agreed_by: UUID | None
    at: datetime
    proposal_id: UUID | None = None
    newcomer: Newcomer | None = None

    @property
    def day(self) -> date:
        """The day on which it is done, by China's calendar."""
        return clock.day_of(self.at)

    @property
    def other(self) -> UUID:
        assert self.other_id is not None, "of two households"
        return self.other_id

    @property
    def homes(self) -> tuple[UUID, ...]:
        """The households that it touches and that are there before it."""
        is_merge = self.kind is ChangeKind.MERGE
        return (self.household_id, self.other) if is_merge else (self.household_id,)
