"""Proposals."""

from tests.access.calls.call import LONG, Call, about, lists, same

BECAUSE = same(reason="情况不对")

CALLS: dict[str, Call] = {
    "deeds.deeds": lists("deed_id", query=LONG),
    "deeds.see": about("deed_id", same(note="看过，属实")),
    "proposals.approve": about("proposal_id", lambda a: {"digest": a.proposal_digest}),
    "proposals.proposal": about("proposal_id"),
    "proposals.proposals": lists("proposal_id", query=LONG),
    "proposals.refuse": about("proposal_id", BECAUSE),
    "proposals.stop": about("proposal_id", BECAUSE, name="coming_id"),
    "proposals.withdraw": about("proposal_id"),
    "trace.events": lists(
        "deed_id", query=lambda a: {"subject_kind": "proposal", "subject_id": a.proposal_id}
    ),
}
