"""What must hold between proposals and the trace."""

from app.kernel.audit.agreeing import Step, agree

QUESTIONS = {
    "a_proposal_names_who_is_on_the_trace": agree(
        "proposals",
        "proposal",
        [
            Step("proposed_by", "proposed_at", ["proposals.propose"]),
            # Who agreed first, of two who must, is an approval's.
            Step("decided_by", "decided_at", ["proposals.refuse", "proposals.withdraw"]),
            Step("stopped_by", "stopped_at", ["proposals.stop"]),
        ],
    ),
}
