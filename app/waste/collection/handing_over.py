"""Recording hand-overs: what a household put out, and every further leg, by either side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from app.kernel import audit
from app.kernel.db import db, savepoint
from app.kernel.errors import Forbidden
from app.kernel.jobs import defer
from app.photos import service as photos
from app.photos.jobs import prepare
from app.photos.uploads import taken
from app.register import trust
from app.register.assets import bags, codes
from app.register.assets.queries import End, ends
from app.register.assets.streams import Stream
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.sorting.inspections import conflicts
from app.sorting.inspections import service as inspections
from app.sorting.inspections.models import Check, Setting
from app.waste.collection import sides
from app.waste.collection.errors import (
    BagUsed,
    Contradicts,
    HandoverPhotoNeeded,
    NoSideOfTheirs,
    NotHere,
    PairReused,
    SameHands,
)
from app.waste.collection.models import Handover, Leg, Side, leg_of
from app.waste.collection.sides import Ends, Half, Record
from app.waste.collection.weights import How, reckoned_grams

# Who hands over, in the order in which a role is taken for it.
CARRIERS = (Role.COLLECTOR, Role.HAULIER, Role.RECYCLER_AGENT)
HANDERS = (*CARRIERS, Role.TREATMENT_OPERATOR)
LINES_MAX = 8


@dataclass(frozen=True)
class Amount:
    """How much it was: weighed, or how full so many containers were; or nobody knows."""

    grams: int | None = None
    how: How = How.TYPED
    fill_percent: int | None = None
    containers: int = 1
    litres: int | None = None  # of one container; none: of the asset it came from

    def found(self, stream: Stream, source: End | None) -> tuple[int | None, How | None]:
        """Grams and how they were found."""
        if self.grams is not None:
            return self.grams, self.how
        litres = self.litres or (source.litres if source is not None else None)
        if self.fill_percent is None or litres is None:
            return None, None
        reckoned = reckoned_grams(
            stream, litres=litres, fill_percent=self.fill_percent, containers=self.containers
        )
        return (reckoned, How.RECKONED) if reckoned else (None, None)


@dataclass(frozen=True)
class Line:
    """What of one stream a household put out."""

    stream: Stream
    amount: Amount = Amount()
    pieces: int | None = None
    offered_as: Stream | None = None
    bag_code: str | None = None


@dataclass(frozen=True)
class Collected:
    """What a collector found at a household: what was taken, and how it was sorted."""

    pair_id: UUID
    household_id: UUID
    to_asset_id: UUID
    lines: Sequence[Line]
    seen: inspections.Seen
    photo: BinaryIO | UUID | None = None
    position: tuple[int, int] | None = None


@dataclass(frozen=True)
class Collection:
    """A check and its hand-overs, recorded together."""

    check: Check
    handovers: Sequence[Handover]


@dataclass(frozen=True)
class Passed:
    """One side's record of a leg between two assets."""

    pair_id: UUID
    side: Side
    stream: Stream
    from_asset_id: UUID
    to_asset_id: UUID
    amount: Amount = Amount()
    empties: bool = False
    pieces: int | None = None
    phone_time: datetime | None = None
    photo: BinaryIO | UUID | None = None
    position: tuple[int, int] | None = None


_CHECK = select(Check).where(Check.county_id == bindparam("county"), Check.id == bindparam("check"))
_USED = select(Handover.bag_code).where(
    Handover.county_id == bindparam("county"),
    Handover.bag_code.in_(bindparam("bags", expanding=True)),
    Handover.voided_at.is_(None),
)


def collect(*, collected: Collected, by: Caller, at: datetime) -> Collection:
    """Record what was taken of a household's waste with the check that earns by its grade.

    Sent again under the same ``pair_id`` it answers as the first time.

    Raises:
        NotHere: there is no such vehicle, bin or room.
        Contradicts: a stream comes twice from one bag, or the bag is another household's.
        BagUsed, BagForged: the bag was collected before, or is not ours.
        PairReused, SideTaken: the id was used for something else, or by somebody else.
        what ``inspections.record_check`` raises.
    """
    county_id = by.county_id
    known = sides.of_pair(county_id, collected.pair_id)
    found = ends(county_id, _named(collected))
    if collected.to_asset_id not in found:
        raise NotHere()
    if known:
        return _repeated(collected, known, found, by)
    _check_bags(collected, county_id)
    check = inspections.record_check(
        household_id=collected.household_id,
        setting=Setting.BIN,
        seen=replace(collected.seen, client_id=collected.pair_id),
        photo=collected.photo,
        by=by,
        at=at,
    )
    records = _records(collected, found, by, check.at, check)
    written = _written(county_id, records, at) if records else []
    audit.record(
        "collection.collect",
        county_id=county_id,
        actor_id=by.user_id,
        subject=("check", check.id),
        at=at,
        household_id=collected.household_id,
        handovers=len(written),
    )
    return Collection(check, written)


def hand_over(*, passed: Passed, by: Caller, at: datetime) -> Handover:
    """Record one side of a leg; the other side's may have come before, or comes later.

    Raises:
        NotHere: no such assets, or neither lies where the caller works.
        NoSideOfTheirs: a plant takes by who works there, and nobody else.
        Contradicts: from somewhere to itself.
        HandoverPhotoNeeded: what is loaded or received is photographed.
        PairReused, SideTaken, SameHands: see ``sides.met``.
        PhotoEmpty, PhotoTooLarge, NotAPhoto, UploadNotFound, UploadUsed, UploadExpired,
        StoreFull, StoreAway: the photo could not be kept.
    """
    if passed.from_asset_id == passed.to_asset_id:
        raise Contradicts(why="从哪里来和到哪里去是同一个地方")
    found = ends(by.county_id, [passed.from_asset_id, passed.to_asset_id])
    if len(found) < 2:
        raise NotHere()
    source, to = found[passed.from_asset_id], found[passed.to_asset_id]
    leg = leg_of(source.kind, to.kind)
    role = _acting_as(passed.side, leg, source, to, by)
    known = [one for one in sides.of_pair(by.county_id, passed.pair_id) if one.line == 1]
    if known:
        _check_two_people(known[0], passed.side, by)
    record = _record(passed, leg, found, by, role, at)
    if known and getattr(known[0], f"{passed.side}_by") is not None:
        return sides.met(known[0], record)
    if passed.photo is not None:
        record = replace(record, half=replace(record.half, photo_id=_photo(passed, source, by, at)))
    elif leg.needs_a_photo:
        raise HandoverPhotoNeeded()
    handover = sides.met(known[0], record) if known else _written(by.county_id, [record], at)[0]
    _trace("collection.hand_over", handover, by, at, side=passed.side.value)
    return handover


def _named(collected: Collected) -> list[UUID]:
    bin_id = collected.seen.asset_id
    return [collected.to_asset_id, *([bin_id] if bin_id is not None else [])]


def _repeated(
    collected: Collected, known: Sequence[Handover], found: dict[UUID, End], by: Caller
) -> Collection:
    """The first answer, if it is the same that is sent again."""
    check_id = known[0].check_id
    check = db.session.scalar(_CHECK, {"county": by.county_id, "check": check_id})
    if check is None or len(known) != len(collected.lines):
        raise PairReused()
    records = _records(collected, found, by, check.at, check)
    return Collection(
        check, [sides.met(one, record) for one, record in zip(known, records, strict=True)]
    )


def _records(
    collected: Collected, found: dict[UUID, End], by: Caller, happened_at: datetime, check: Check
) -> list[Record]:
    to, source = found[collected.to_asset_id], found.get(collected.seen.asset_id or UUID(int=0))
    made = []
    for number, line in enumerate(collected.lines, start=1):
        grams, how = line.amount.found(line.stream, source)
        made.append(
            Record(
                pair_id=collected.pair_id,
                line=number,
                side=Side.TAKEN,
                ends=Ends(
                    line.stream,
                    to.id,
                    leg_of(None, to.kind),
                    from_household_id=collected.household_id,
                    village_id=check.village_id,
                ),
                half=Half(by.user_id, Role.COLLECTOR, happened_at, grams, how, check.photo_id),
                pieces=line.pieces,
                offered_as=line.offered_as,
                bag_code=None if line.bag_code is None else codes.read(line.bag_code),
                check_id=check.id,
                position=collected.position,
            )
        )
    return made


def _check_bags(collected: Collected, county_id: int) -> None:
    """Refuse a bag that is not ours, not this household's, or was collected."""
    read = [codes.read(line.bag_code) for line in collected.lines if line.bag_code is not None]
    if not read:
        return
    if len(set(read)) < len(read):
        raise Contradicts(why="同一个袋子扫了两次")
    for code in read:
        if bags.bag(county_id, code).household_id not in {None, collected.household_id}:
            raise Contradicts(why="袋子是另一户的")
    if db.session.scalars(_USED, {"county": county_id, "bags": read}).first() is not None:
        raise BagUsed()


def _written(county_id: int, records: list[Record], at: datetime) -> list[Handover]:
    if not any(record.bag_code for record in records):
        return sides.write(county_id, records, at=at)
    try:
        with savepoint():
            return sides.write(county_id, records, at=at)
    except IntegrityError:  # somebody collected the bag at this moment
        raise BagUsed() from None


def _record(
    passed: Passed, leg: Leg, found: dict[UUID, End], by: Caller, role: Role, at: datetime
) -> Record:
    source = found[passed.from_asset_id]
    grams, how = passed.amount.found(passed.stream, source)
    happened_at = conflicts.moment(by.county_id, passed.phone_time, at).at
    return Record(
        pair_id=passed.pair_id,
        line=1,
        side=passed.side,
        ends=Ends(
            passed.stream,
            passed.to_asset_id,
            leg,
            from_asset_id=source.id,
            village_id=source.village_id,
        ),
        half=Half(by.user_id, role, happened_at, grams, how),
        empties=passed.empties,
        pieces=passed.pieces,
        position=passed.position,
    )


def _acting_as(side: Side, leg: Leg, source: End, to: End, by: Caller) -> Role:
    """The role in which the caller records this side, where one of the ends is theirs to serve."""
    takes_in = leg is Leg.RECEIPT and side is Side.TAKEN
    roles = (Role.TREATMENT_OPERATOR,) if takes_in else CARRIERS
    if not by.may(HANDERS):
        raise Forbidden()
    within = set(to.path) if takes_in else {*source.path, *to.path}
    for role in roles:
        if within & set(by.places(role)):
            return role
    if {*source.path, *to.path} & set(by.places(*HANDERS)):
        raise NoSideOfTheirs()
    raise NotHere()


def _check_two_people(known: Handover, side: Side, by: Caller) -> None:
    """Two phones of one person are not two people."""
    other = getattr(known, f"{side.other}_by")
    if other is not None and other in trust.phones_of(by.user_id):
        raise SameHands()


def _photo(passed: Passed, source: End, by: Caller, at: datetime) -> UUID:
    """Keep the photo. One that was seen before is kept too: what happened is not refused."""
    assert passed.photo is not None, "there is one"
    upload = taken(passed.photo, county_id=by.county_id, user_id=by.user_id, at=at)
    photo = photos.receive(
        upload,
        county_id=by.county_id,
        household_id=None,
        group_id=source.region_id,
        uploaded_by=by.user_id,
        at=at,
    )
    db.session.flush()  # the hand-over is inserted past the session, and refers to it
    defer(prepare, str(by.county_id), str(photo.id))
    return photo.id


def _trace(action: str, handover: Handover, by: Caller, at: datetime, **details: str) -> None:
    audit.record(
        action,
        county_id=handover.county_id,
        actor_id=by.user_id,
        subject=("handover", handover.id),
        at=at,
        household_id=handover.from_household_id,
        leg=handover.leg.value,
        stream=handover.stream.value,
        state=handover.state.value,
        **details,
    )
