"""Photos of the household's sorting: one waits, the others were judged, one of them is disputed."""

from uuid import UUID, uuid4

from sqlalchemy import inspect, select

from app.kernel.db import db, transaction
from app.points.awards.models import Award
from app.register.identity.roles import Role
from app.sorting.self_checks import jobs
from app.sorting.self_checks.models import Review
from tests.access.world.ground import Ground, picture, sent
from tests.given.uploads import upload

REJECT = {"verdict": "reject", "reason": "unreadable"}


def furnish(ground: Ground) -> dict[str, object]:
    reviewer_id, reviewer = ground.of_village(Role.REVIEWER)
    approved = _judged(ground, reviewer, {"verdict": "approve"})
    rejected = _judged(ground, reviewer, REJECT)
    disputed = _judged(ground, reviewer, REJECT)
    appeal = {"sentence": "我家分得很清楚"}
    appealed = sent(ground.resident, f"self-checks/{disputed['id']}/appeal", appeal)
    waiting = _self_check(ground)
    award_id = ground.resident.get("/api/v1/awards").json["items"][0]["id"]
    return {
        "reviewer_id": reviewer_id,
        "self_check_id": waiting["id"],
        "photo_id": waiting["photo_id"],
        "review_id": _review(ground, waiting["id"], "first"),
        "judged_id": approved["id"],
        "award_id": award_id,
        "shown_award_id": _shown_award(ground, UUID(award_id)),
        "rejected_id": rejected["id"],
        "appeal_id": appealed["id"],
        "disputed_photo_id": disputed["photo_id"],
        "recheck_id": _review(ground, disputed["id"], "appeal"),
    }


def _self_check(ground: Ground) -> dict[str, str]:
    """A photo that nobody sent before, screened."""
    answer = upload(ground.resident, "/api/v1/self-checks", picture())
    assert answer.status_code == 201, answer.json
    with ground.app.app_context():
        jobs.screen(str(ground.county_id), answer.json["id"])
    return answer.json


def _judged(ground: Ground, reviewer, verdict: dict[str, str]) -> dict[str, str]:
    self_check = _self_check(ground)
    sent(reviewer, "reviews/next")
    sent(reviewer, f"reviews/{_review(ground, self_check['id'], 'first')}/verdict", verdict)
    sent(reviewer, "reviews/leases", method="DELETE")
    return self_check


def _review(ground: Ground, self_check_id: str, stage: str) -> UUID:
    with ground.app.app_context():
        query = select(Review.id).where(
            Review.self_check_id == self_check_id, Review.stage == stage
        )
        return db.session.scalars(query).one()


def _shown_award(ground: Ground, award_id: UUID) -> UUID:
    """Another award like this one, which the public may look at before it is paid."""
    with ground.app.app_context(), transaction():
        like = db.session.get_one(Award, (ground.county_id, award_id))
        facts = {each.key: getattr(like, each.key) for each in inspect(Award).column_attrs}
        shown = uuid4()
        changed = {
            "id": shown,
            "evidence_id": uuid4(),
            "ordinal": 9,
            "transfer_id": None,
            "paid_at": None,
            "notice_until": ground.clock().date(),
        }
        db.session.add(Award(**facts | changed))
        return shown
