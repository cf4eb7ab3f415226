"""What must hold between proposals and the trace."""

from app.kernel.audit.agreeing import Step, agree

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
}
