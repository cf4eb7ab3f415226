"""Counts, rates, scores and bands: whole numbers only. docs/rates.md defines each."""

from dataclasses import dataclass
from fractions import Fraction

WHOLE = 10_000  # basis points


@dataclass(frozen=True)
class Ratio:
    """A part of a whole, both counted."""

    part: int
    whole: int

    @property
    def basis_points(self) -> int | None:
        """Hundredths of a percent, rounded down; none when there was nothing to count."""
        return self.part * WHOLE // self.whole if self.whole else None


@dataclass(frozen=True)
class Counts:
    """Sums over households and days."""

    households: int = 0
    days: int = 0  # one for each household and day
    put_outs: int = 0
    self_checks: int = 0
    checks: int = 0
    checks_a: int = 0
    checks_b: int = 0
    visits: int = 0
    visits_passed: int = 0
    judged: int = 0
    approved: int = 0

    @property
    def put_out(self) -> Ratio:
        return Ratio(self.put_outs, self.days)

    @property
    def self_check(self) -> Ratio:
        return Ratio(self.self_checks, self.days)

    @property
    def accuracy(self) -> Ratio:
        """Grade A counts whole, grade B half; in halves, so that it stays whole numbers."""
        return Ratio(2 * self.checks_a + self.checks_b, 2 * self.checks)

    @property
    def inspection(self) -> Ratio:
        return Ratio(self.visits_passed, self.visits)

    @property
    def review(self) -> Ratio:
        return Ratio(self.approved, self.judged)

    @property
    def mean_rate(self) -> int | None:
        """The mean of the rates that have a whole, in basis points, rounded down once."""
        rates = [
            Fraction(rate.part, rate.whole)
            for rate in (self.put_out, self.self_check, self.accuracy, self.inspection, self.review)
            if rate.whole
        ]
        return int(sum(rates, Fraction()) / len(rates) * WHOLE) if rates else None


@dataclass(frozen=True)
class Bounds:
    """The lowest scores of bands 1, 2 and 3, in basis points."""

    band_1_from: int = 9_000
    band_2_from: int = 7_500
    band_3_from: int = 6_000

    def band(self, mean_rate: int) -> int:
        """1 (best) to 4; a bound belongs to the better band."""
        bounds = (self.band_1_from, self.band_2_from, self.band_3_from)
        return 1 + sum(mean_rate < bound for bound in bounds)
