"""Verdicts on photos, and what follows from them.

The first takes effect at once. A second one, of a sample, only says whether two people agree; when
they do not, or when a reviewer is not sure, a third decides. What a household asks for is decided
by somebody who has not judged the photo. Whoever decides later overturns, with the points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.turns import one_at_a_time
from app.kernel.waste import WasteKind
from app.messages import notices
from app.points import awards
from app.points.awards import queries as award_queries
from app.register.households import queries as households
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.trust import phones_of
from app.sorting.self_checks import advice, queries
from app.sorting.self_checks.errors import (
    AlreadyJudged,
    NoteMissing,
    NotLeased,
    NotLookedAt,
    NotTheirsToJudge,
    ReviewNotFound,
)
from app.sorting.self_checks.leasing import Stages, joined_self_check, roles_for, within_reach
from app.sorting.self_checks.models import (
    AppealState,
    RejectReason,
    Review,
    SelfCheck,
    SelfCheckState,
    Stage,
    Verdict,
)
from app.sorting.self_checks.notices import APPEAL_DECIDED, REVIEW_OVERTURNED
from app.sorting.self_checks.queueing import want
from app.sorting.self_checks.sampling import is_sampled, percent_of
from app.sorting.self_checks.telling import tell_rejected

# A verdict that comes sooner is about no photo. Photos are lent ahead, so each is looked at from
# when it was lent, or from the verdict before, whichever is later.
LOOK_AT_LEAST = timedelta(seconds=2)


@dataclass(frozen=True)
class Mistake:
    """What of a photo lies in the wrong bin, and where one sees it, in thousandths of its sides."""

    lies_in: WasteKind | None = None
    belongs_to: WasteKind | None = None
    spot: tuple[int, int] | None = None  # from the left, from above


@dataclass(frozen=True)
class Opinion:
    """What a person says of a photo. A rejection has a reason, an escalation a note."""

    verdict: Verdict
    reason: RejectReason | None = None
    note: str | None = None
    mistake: Mistake | None = None  # only of a wrong kind


@dataclass(frozen=True)
class _Case:
    """A review that was just given, with its self-check; both rows are locked."""

    self_check: SelfCheck
    review: Review
    judged_as: Role
    at: datetime


def give_verdict(
    *, review_id: UUID, stages: Stages, opinion: Opinion, by: Caller, at: datetime
) -> Review:
    """Record the caller's verdict, in one of the stages, on a photo that they hold.

    All that follows happens with it.

    A lease that lapsed may still be used while nobody else has taken it.

    Raises:
        ReviewNotFound: there is none of these stages, or not in the caller's area.
        AlreadyJudged, NotLeased: it is not theirs to judge now.
        NotLookedAt: it was lent, or the one before judged, less than two seconds ago.
        NotTheirsToJudge: it is of their own household or a related one.
        NoteMissing: an escalation without a note, or an appeal turned down without an answer.
        NoPolicy: the county has no points policy.
        AwardTooOld, ledger.AccountFrozen: a third verdict cannot take the points back.
    """
    self_check, review = _held(review_id, stages, by, at)
    is_no_to_appeal = review.stage is Stage.APPEAL and opinion.verdict is Verdict.REJECT
    _refuse_without_a_look(review, by, at)
    if opinion.note is None and (opinion.verdict is Verdict.ESCALATE or is_no_to_appeal):
        raise NoteMissing()
    review.verdict, review.reject_reason = opinion.verdict, opinion.reason
    review.note, review.judged_by, review.judged_at = opinion.note, by.user_id, at
    if opinion.mistake is not None:
        _point_out(review, opinion.mistake)
    audit.record(
        f"reviews.{opinion.verdict}",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("self_check", self_check.id),
        at=at,
        household_id=self_check.household_id,
        reason=opinion.reason.value if opinion.reason else None,
        stage=review.stage.value,
    )
    judged_as = next(role for role in roles_for(stages) if role in by.roles)
    _FOLLOWS[review.stage](_Case(self_check, review, judged_as, at))
    return review


def _point_out(review: Review, mistake: Mistake) -> None:
    review.lies_in, review.belongs_to = mistake.lies_in, mistake.belongs_to
    review.spot_x, review.spot_y = mistake.spot or (None, None)


def _held(review_id: UUID, stages: Stages, by: Caller, at: datetime) -> tuple[SelfCheck, Review]:
    """The self-check and the review, locked in this order, which everybody keeps."""
    self_check_id = db.session.scalar(
        select(Review.self_check_id)
        .join(SelfCheck, joined_self_check())
        .where(*within_reach(stages, by), Review.id == review_id)
    )
    if self_check_id is None:
        raise ReviewNotFound()
    self_check = db.session.scalars(
        locked(
            select(SelfCheck).where(
                SelfCheck.county_id == by.county_id, SelfCheck.id == self_check_id
            )
        )
    ).one()
    review = db.session.scalars(
        locked(select(Review).where(Review.county_id == by.county_id, Review.id == review_id))
    ).one()
    if review.verdict is not None:
        raise AlreadyJudged()
    if review.leased_by != by.user_id:
        raise NotLeased()
    is_own = self_check.household_id in households.closed_to(by.user_id, at)
    if is_own or self_check.user_id in phones_of(by.user_id):
        raise NotTheirsToJudge()
    return self_check, review


def _refuse_without_a_look(review: Review, by: Caller, at: datetime) -> None:
    phones = phones_of(by.user_id)
    one_at_a_time("reviews", str(min(phones)))
    assert review.leased_at is not None, "somebody holds it"
    before = db.session.scalar(
        select(func.max(Review.judged_at)).where(
            Review.county_id == by.county_id, Review.judged_by.in_(phones)
        )
    )
    if at - max(review.leased_at, before or review.leased_at) < LOOK_AT_LEAST:
        raise NotLookedAt()


def _after_first(case: _Case) -> None:
    self_check, at = case.self_check, case.at
    if case.review.verdict is Verdict.ESCALATE:
        self_check.move_to(SelfCheckState.ESCALATED)
        want(self_check, Stage.THIRD, since=at)
        return
    if is_sampled(self_check.id, percent_of(case.review)):
        want(self_check, Stage.SECOND, since=at)
    _decide(case)


def _after_second(case: _Case) -> None:
    """Two who differ leave it to a third, unless the household's appeal has done so already."""
    first = queries.review_of(case.self_check, Stage.FIRST)
    appeal = queries.appeal_of(case.self_check)
    assert first is not None, "a second review follows a first"
    if first.verdict is not case.review.verdict and appeal is None:
        want(case.self_check, Stage.THIRD, since=case.at)


def _after_third(case: _Case) -> None:
    before = case.self_check.state
    _decide(case)
    if before is SelfCheckState.ESCALATED or before is case.self_check.state:
        return
    _tell(
        REVIEW_OVERTURNED,
        case,
        moved=case.review.taken,
        owed=case.review.owed,
    )


def _after_appeal(case: _Case) -> None:
    _decide(case)
    appeal = queries.appeal_of(case.self_check)
    assert appeal is not None, "an appeal's review has its appeal"
    is_overturned = case.review.verdict is Verdict.APPROVE
    appeal.state = AppealState.OVERTURNED if is_overturned else AppealState.STANDS
    appeal.answer, appeal.decided_at = case.review.note, case.at
    _tell(APPEAL_DECIDED, case, state=appeal.state.value)


_FOLLOWS: dict[Stage, Callable[[_Case], None]] = {
    Stage.FIRST: _after_first,
    Stage.SECOND: _after_second,
    Stage.THIRD: _after_third,
    Stage.APPEAL: _after_appeal,
}


def _decide(case: _Case) -> None:
    """Make the review the verdict that stands, and have the points follow."""
    self_check, review = case.self_check, case.review
    is_approved = review.verdict is Verdict.APPROVE
    state = SelfCheckState.APPROVED if is_approved else SelfCheckState.REJECTED
    before = self_check.state
    self_check.reviewed_by, self_check.reviewed_at = review.judged_by, case.at
    self_check.reject_reason = review.reject_reason
    if before is state:
        return
    self_check.move_to(state)
    if is_approved:
        _award(case)
    elif before is SelfCheckState.APPROVED:
        _take_back(case)
    else:
        tell_rejected(self_check, at=case.at)


def _award(case: _Case) -> None:
    self_check, judge_id = case.self_check, case.review.judged_by
    assert judge_id is not None, "the review was just given"
    event = awards.Event(
        household_id=self_check.household_id,
        village_id=self_check.village_id,
        rule=awards.Rule.SELF_CHECK,
        evidence_kind=awards.Evidence.SELF_CHECK,
        evidence_id=self_check.id,
        happened_at=self_check.submitted_at,
    )
    awards.decide(
        county_id=self_check.county_id,
        events=[event],
        decided_by=judge_id,
        decided_as=case.judged_as,
        at=case.at,
    )


def _take_back(case: _Case) -> None:
    """Reverse the award of what two of three people reject."""
    self_check = case.self_check
    award = award_queries.awards_for(self_check.county_id, [self_check.id])[self_check.id]
    if award.points == 0 or award.reversed_at is not None:
        return
    back = awards.reverse(
        county_id=self_check.county_id,
        award_id=award.id,
        because=f"又请两个人看过照片，{advice.sentence(self_check)}",
        at=case.at,
    )
    case.review.taken, case.review.owed = back.taken, back.owed


def _tell(kind: notices.NoticeKind, case: _Case, **details: object) -> None:
    self_check = case.self_check
    award = award_queries.awards_for(self_check.county_id, [self_check.id]).get(self_check.id)
    notice = notices.ToHousehold(
        household_id=self_check.household_id,
        topic=str(self_check.id),
        details={
            "self_check_id": str(self_check.id),
            "points": award.points if award else 0,
            **details,
        },
    )
    notices.tell(kind, [notice], county_id=self_check.county_id, at=case.at)
