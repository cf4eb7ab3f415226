"""What must hold between merchants' applications and the trace."""

from app.kernel.audit.agreeing import TAKEN_OVER, Step, agree

ENTERED = (
    *("merchants.admit", "merchants.register", "merchants.correct_payee"),
    *("merchants.verify_payee", "merchants.change_payee", "merchants.reseal_payee"),
)

QUESTIONS = {
    "an_application_names_who_is_on_the_trace": agree(
        "merchant_applications",
        "merchant_application",
        [
            Step("applied_by", "applied_at", ["merchants.apply"]),
            Step("decided_by", "decided_at", ["merchants.decide_application"]),
        ],
    ),
    # Whoever enters or verifies an account leaves a digest of all of it: ``payee_digest``.
    "a_payee_is_as_the_trace_knows_it": f"""
        WITH newest AS (
            SELECT DISTINCT ON (county_id, subject_id) county_id, subject_id,
                   details ->> 'payee' AS payee
              FROM audit_events
             WHERE subject_kind = 'merchant' AND details ? 'payee'
               AND (action IN ({", ".join(f"'{action}'" for action in ENTERED)})
                    OR action = '{TAKEN_OVER}')
             ORDER BY county_id, subject_id, written_at DESC
        )
        SELECT m.county_id, 'merchant ' || m.id, 'is paid elsewhere than the trace knows'
          FROM merchants m
          LEFT JOIN newest n ON n.county_id = m.county_id AND n.subject_id = m.id::text
         WHERE n.payee IS DISTINCT FROM encode(sha256(
                   payee_account_sealed || convert_to(
                       concat_ws('|', '', payee_name, payee_bank, payee_entered_by,
                                 coalesce(payee_verified_by::text, '')), 'UTF8')), 'hex')
    """,  # noqa: S608 - constants
}
