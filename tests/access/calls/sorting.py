"""Photos of sorting: sent, judged, disputed, judged again."""

from tests.access.calls.call import Call, about, lists, once, photo, same

_PERIOD = same(since="2026-05-01", until="2026-06-30", limit=100)
_LEASE = """
    UPDATE reviews
       SET leased_by = :caller, leased_at = waiting_since,
           leased_until = waiting_since + interval '10 minutes'
     WHERE id = :{}
"""

CALLS: dict[str, Call] = {
    "appeals.appeals": lists("appeal_id"),
    "guide.guide": once(query=same(words="电池")),
    "photo_uploads.offer": once(json=same(content_type="image/jpeg")),
    "photos.photo": about("photo_id"),
    "photos.picture": about("photo_id"),
    "rulings.give_verdict": about(
        "review_id",
        same(verdict="approve"),
        "recheck_id",
        made_by_caller=_LEASE.format("recheck_id"),
    ),
    "rulings.next_ones": lists("disputed_photo_id", query=same()),
    "rulings.release": once(),
    "reviewers.own": once(query=same(since="2026-05-01", until="2026-06-30")),
    "reviewers.reviewers": lists("reviewer_id", query=_PERIOD),
    "reviewers.verdicts": once(),
    "reviews.earlier_photos": about("review_id", made_by_caller=_LEASE.format("review_id")),
    "reviews.give_verdict": about(
        "review_id", same(verdict="approve"), made_by_caller=_LEASE.format("review_id")
    ),
    "reviews.next_ones": lists("photo_id", query=same()),
    "reviews.release": once(),
    "reviews.review_settings": once(),
    "reviews.set_settings": once(
        json=same(
            lease_minutes=10,
            second_percent=5,
            overdue_minutes=60,
            appeal_days=7,
            quick_seconds=3,
        )
    ),
    "reviews.waiting": once(),
    "self_checks.appeal": about("self_check_id", same(sentence="我家分得很清楚"), "rejected_id"),
    "self_checks.self_check": about("self_check_id"),
    "self_checks.self_checks": lists("self_check_id"),
    "self_checks.submit": once(form=lambda _: {"photo": photo()}),
}
