"""The shared rules module: what a Wmo contribution is, for any program that asks. See README.md in this folder."""

from estimator.rules.estimate import (
    VERSION,
    Comparison,
    Estimate,
    Receipt,
    compare,
    compare_among,
    estimate,
    payment_courses,
)
from estimator.rules.household import Household, Problem, Provision, problems
from estimator.rules.law import LawError, NotKnown, law, read_law
from estimator.rules.policy import NATIONAL, DatedPolicies, Policy, PolicyError
from estimator.rules.reference_year import Shift, reference_year_shift

__all__ = [
    "NATIONAL", "VERSION", "Comparison", "DatedPolicies", "Estimate", "Household", "LawError", "NotKnown", "Policy",
    "PolicyError", "Problem", "Provision", "Receipt", "Shift", "compare", "compare_among", "estimate", "law",
    "payment_courses", "problems", "read_law", "reference_year_shift",
]  # fmt: skip
