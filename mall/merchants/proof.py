"""What must hold between merchants' applications and the trace."""

from app.kernel.audit.agreeing import Step, agree

QUESTIONS = {
    "an_application_names_who_is_on_the_trace": agree(
        "merchant_applications",
        "merchant_application",
        [
            Step("applied_by", "applied_at", ["merchants.apply"]),
            Step("decided_by", "decided_at", ["merchants.decide_application"]),
        ],
    ),
}
