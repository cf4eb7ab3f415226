"""What must hold between proposals and the trace."""

from app.kernel.audit.agreeing import Step, agree, instant, recorded

QUESTIONS = {
    "a_proposal_names_who_is_on_the_trace": agree(
        "proposals",
        "proposal",
        [
            Step(
                "proposed_by", "proposed_at", ["proposals.propose", "settlement.propose_decision"]
            ),
            # Who agreed first, of two who must, is an approval's.
            Step(
                "decided_by",
                "decided_at",
                ["proposals.refuse", "proposals.withdraw", "settlement.decline_decision"],
            ),
            Step("stopped_by", "stopped_at", ["proposals.stop"]),
        ],
        # What two people said of the bank's word was a table of its own before migration 0040.
        was=["bank_decision"],
    ),
    # Each of those who agreed, also the first of two.
    "an_approval_is_on_the_trace": recorded(
        "approval",
        f"""
            SELECT county_id, proposal_id::text,
                   jsonb_build_object('by', approved_by, 'at', {instant("approved_at")},
                                      'digest', digest)
              FROM proposal_approvals
        """,  # noqa: S608 - constants
        "action = 'proposals.approve'",
        f"""
            jsonb_build_object('by', actor_id, 'at', {instant("at")},
                               'digest', details ->> 'digest')
        """,
    ),
    "what_was_done_of_a_proposal_is_on_the_trace": recorded(
        "done_proposal",
        f"""
            SELECT county_id, id::text, jsonb_build_object('at', {instant("done_at")}, 'kind', kind)
              FROM proposals WHERE done_at IS NOT NULL
        """,  # noqa: S608 - constants
        "action = 'proposals.done'",
        f"jsonb_build_object('at', {instant('at')}, 'kind', details ->> 'kind')",
    ),
}
