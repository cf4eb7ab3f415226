"""What a proof collects: the checks it made, and every lie it met."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection


@dataclass(frozen=True)
class Finding:
    """One lie: which check met it, where, and what is wrong."""

    check: str
    county_id: int
    subject: str
    problem: str


@dataclass
class Findings:
    """Which checks were made, and every lie that they found."""

    checks: dict[str, int] = field(default_factory=dict)  # lies found by each
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds_true(self) -> bool:
        return not self.findings

    def begin(self, *checks: str) -> None:
        """Count these checks as made, whatever they find."""
        for check in checks:
            self.checks.setdefault(check, 0)

    def report(self, check: str, county_id: int, subject: str, problem: str) -> None:
        self.checks[check] = self.checks.get(check, 0) + 1
        self.findings.append(Finding(check, county_id, subject, problem))

    def ask(self, connection: Connection, questions: Mapping[str, str]) -> None:
        """Report what each question answers: rows of county, subject and problem."""
        for check, question in questions.items():
            self.begin(check)
            for row in connection.exec_driver_sql(question):
                self.report(check, *row)
