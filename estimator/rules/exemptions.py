"""Which provisions carry a contribution, and for whom nothing is due at all.

The grounds of Ub Wmo 2015 art. 3.8 lid 3 and what the earlier decrees had of them. Discretion is never computed: a
college's decision counts only where the answers say that it was taken.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from estimator.rules.household import AgeGroup, CollegeExemption, Composition, Kind
from estimator.rules.law import Law
from estimator.rules.policy import Policy

RegimeName = Literal["income_related", "flat_rate", "bill"]
OTHER_RULE_GROUNDS = frozenset({"sheltered_living", "shelter", "general_provision", "transport_fare"})
# The kinds for which art. 3.8 never speaks: they decide for the whole household.
DECIDING_KINDS: tuple[Kind, ...] = ("sheltered_living", "shelter")

# Where a ground isn't a flag of the law files.
SOURCES = {
    "sheltered_living": "Ub Wmo 2015, art. 3.11 to 3.17",
    "shelter": "Ub Wmo 2015, art. 3.20",
    "general_provision": "Wmo 2015, art. 2.1.4 lid 3",
    "transport_fare": "Ub Wmo 2015, art. 3.8 lid 1",
    "provision_exempt": "Wmo 2015, art. 2.1.4 and 2.1.4a; ordinance",
    "college_exemption": "Ub Wmo 2015, art. 3.8 lid 3 c, g and h",
    "no_income_data_low_income_policy": "Ub Wmo 2015, art. 3.10 lid 1",
    "group_exempt": "bill 36 713: municipalities may exempt groups",
    "cost_price_reached": "Wmo 2015, art. 2.1.4a lid 6; Ub Wmo 2015, art. 3.10b",
    "below_threshold": "Ub Wmo 2015 (2017, 2018), art. 3.8",
}


@lru_cache(maxsize=4096)
def ground_source(law: Law, ground: str, on: date) -> str:
    """The article behind a ground, of the rules of a date."""
    series = law.series.get(f"ground_{ground}") or law.series.get(ground)
    if series is None:
        return SOURCES.get(ground, "")
    return series.on(on).set_by if series.covers(on) else series.legal_basis


class Situation(NamedTuple):
    """What can be said of a household without its money: the ages on a day, the facts, what each provision carries.

    ``charges`` holds the ground on which each provision carries no contribution, "" where it carries one.
    """

    composition: Composition
    client: AgeGroup
    partner: AgeGroup | None
    long_term_care: bool
    sheltered_living: bool
    in_shelter: bool
    college_exemption: CollegeExemption | None
    no_income_data: bool
    charges: tuple[str, ...]

    @property
    def under_pension_age(self) -> bool:
        """At least one of the household is under pension age."""
        return self.client != "pension" or self.partner not in (None, "pension")

    @property
    def category(self) -> str:
        """single_under, single_pension, couple_under or couple_pension: the four that the decrees distinguish."""
        return f"{self.composition}_{'under' if self.under_pension_age else 'pension'}"


def no_charge_ground(law: Law, kind: Kind, minor: bool, regime: RegimeName, on: date, policy: Policy) -> str:
    """Why a provision carries no contribution under these rules; "" where it carries one."""
    if kind in DECIDING_KINDS:
        return kind
    if kind == "client_support" and knows(law, "client_support_free", on):
        return "client_support_free"
    if kind == "wheelchair" and knows(law, "wheelchair", on):
        return "wheelchair"
    parents = parents_pay(kind, policy) and knows(law, "parents_may_pay", on)
    if minor and not parents and knows(law, "under_18", on):
        return "under_18"
    if kind == "general_provision" and (regime != "flat_rate" or not policy.general_provision_charged):
        return "general_provision"
    if kind == "transport" and policy.transport_fare:
        return "transport_fare"
    exempt = kind in policy.exempt_provisions
    left_out = policy.charged_provisions is not None and kind not in policy.charged_provisions
    return "provision_exempt" if exempt or left_out or policy.share == 0 else ""


def parents_pay(kind: Kind, policy: Policy) -> bool:
    """Whether the ordinance makes the parents of a minor pay for a provision (Wmo 2015 art. 2.1.5)."""
    return kind == "home_adaptation" and policy.parents_pay_home_adaptation


def provisions_ground(charges: tuple[str, ...]) -> str:
    """Why no provision of the household carries a contribution; "" where at least one does.

    Another rule comes before nothing, so that the order of the provisions doesn't decide what is due.
    """
    deciding = next((ground for ground in charges if ground in DECIDING_KINDS), None)
    if deciding or "" in charges:
        return deciding or ""
    return next((ground for ground in charges if ground in OTHER_RULE_GROUNDS), charges[0])


def household_ground(law: Law, s: Situation, regime: RegimeName, on: date) -> str:
    """Why nothing is due for this household whatever it uses; "" where something may be."""
    exemption = f"college_exemption_{s.college_exemption}"
    candidates = {
        # The bill appears to end this exemption: it is computed without.
        "partner_under_pension_age": s.composition == "couple" and s.under_pension_age and regime == "flat_rate",
        "long_term_care": s.long_term_care,
        "sheltered_living_contribution": s.sheltered_living,
        "shelter_stay": s.in_shelter,
    }
    for ground, applies in candidates.items():
        if applies and knows(law, ground, on):
            return ground
    return "college_exemption" if s.college_exemption and knows(law, exemption, on) else ""


@lru_cache(maxsize=4096)
def knows(law: Law, ground: str, on: date) -> bool:
    """Whether the rules of that date know a ground at all."""
    return law.series[f"ground_{ground}"].covers(on)
