"""Points: what earns them, what a household has and spends, and what is taken back."""

from tests.access.calls.call import Call, about, lists, once, same

_DRAFT = "UPDATE policy_drafts SET made_by = :caller WHERE id = :draft_id"
_RULES = same(in_force_from="2026-07-02", changes={})

CALLS: dict[str, Call] = {
    "awards.area": lists("award_id"),
    "awards.award": about("award_id"),
    "awards.awards": lists("award_id"),
    "awards.in_notice": lists(
        "shown_award_id", query=lambda a: {"village_id": a.village.id, "limit": 100}
    ),
    "approvals.waiting": once(),
    "books.accounts": lists(
        "household_id", query=lambda a: {"owner": a.household_id, "limit": 100}
    ),
    "books.flows": once(),
    "books.seals": once(),
    "books.summary": once(),
    "books.transfers": lists("transfer_id"),
    "pay_codes.current": once(reached=("redemption.code_not_found",)),
    "pay_codes.issue": once(),
    "points.points": once(),
    "points.receipt": about("transfer_id"),
    "points.taken_back": once(),
    "points.transfers": lists("transfer_id"),
    "policies.in_force": once(),
    "policies.policies": once(),
    "policies.policy": once(path=same(version=1)),
    "policies.policy_changes": once(path=same(version=1)),
    "policy_drafts.approve": about("draft_id", same(digest="0" * 64), made_by_caller=_DRAFT),
    "policy_drafts.draft": once(json=_RULES),
    "policy_drafts.draft_changes": about("draft_id"),
    "policy_drafts.draft_of": about("draft_id"),
    "policy_drafts.draft_outlook": about("draft_id"),
    "policy_drafts.drafts": lists("draft_id"),
    "policy_drafts.edit": about("draft_id", _RULES, made_by_caller=_DRAFT),
    "policy_drafts.withdraw": about("draft_id", made_by_caller=_DRAFT),
    "redemptions.area": lists("redemption_id"),
    "redemptions.redemptions": lists("redemption_id"),
    "reversals.confirm": about("reversal_id"),
    "reversals.decline": about("reversal_id"),
    "reversals.propose": Call(
        json=lambda a: {
            "subject": "award",
            "subject_id": a.award_id,
            "reason": "照片不是自家的",
        },
    ),
    "reversals.requests": lists("reversal_id"),
}
