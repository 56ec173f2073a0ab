"""The shared rules module: what a Wmo contribution is, for any program that asks. See README.md in this folder."""

from estimator.rules.ahead import Change, changes_ahead
from estimator.rules.cost_price import (
    earliest_month_due,
    first_month_due,
    last_month_due,
    longest,
    payment_course,
    remaining_cost_price,
)
from estimator.rules.estimate import (
    VERSION,
    Comparison,
    Estimate,
    Left,
    LimitDistance,
    Receipt,
    aids_left,
    compare,
    compare_among,
    estimate,
    low_income_distance,
    payment_courses,
)
from estimator.rules.household import Household, Problem, Provision, problems
from estimator.rules.law import LawError, NotKnown, law, read_law
from estimator.rules.pension_age import age_group, household_changes, pension_date
from estimator.rules.policy import NATIONAL, DatedPolicies, Policy, PolicyError
from estimator.rules.reference_year import Shift, reference_year_shift
from estimator.rules.trace import Step, walk

__all__ = [
    "NATIONAL", "VERSION", "Change", "Comparison", "DatedPolicies", "Estimate", "Household", "LawError", "Left",
    "LimitDistance", "NotKnown", "Policy", "PolicyError", "Problem", "Provision", "Receipt", "Shift", "Step",
    "age_group", "aids_left", "changes_ahead", "compare", "compare_among", "earliest_month_due", "estimate",
    "first_month_due", "household_changes", "last_month_due", "law", "longest", "low_income_distance",
    "payment_course", "payment_courses", "pension_date", "problems", "read_law", "reference_year_shift",
    "remaining_cost_price", "walk",
]  # fmt: skip
