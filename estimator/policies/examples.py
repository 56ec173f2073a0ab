"""Households that every comparison works out in full: always the same, so that two comparisons can be laid together.

They are chosen to fall apart where policies do: alone or together, before and after pension age, a low and a high
income, savings, help and aids. Their incomes and savings are examples, not figures of the law.
"""

from __future__ import annotations

from decimal import Decimal

from estimator.rules.household import Household, Provision

DOMESTIC_HELP = Provision(kind="domestic_help")

EXAMPLES: dict[str, Household] = {
    "pension_low": Household(
        composition="single", client_age="pension", income=Decimal(18_500), provisions=(DOMESTIC_HELP,)
    ),
    "pension_savings": Household(
        composition="single",
        client_age="pension",
        income=Decimal(29_000),
        assets=Decimal(85_000),
        provisions=(DOMESTIC_HELP, Provision(kind="individual_support")),
    ),
    "disabled_young": Household(
        composition="single",
        client_age="adult",
        income=Decimal(21_500),
        provisions=(Provision(kind="day_activities"), Provision(kind="transport")),
    ),
    "couple_mixed": Household(
        composition="couple",
        client_age="pension",
        partner_age="adult",
        income=Decimal(41_000),
        provisions=(DOMESTIC_HELP,),
    ),
    "couple_pension": Household(
        composition="couple",
        client_age="pension",
        partner_age="pension",
        income=Decimal(38_000),
        provisions=(DOMESTIC_HELP, Provision(kind="other_aid", cost_price=Decimal(3_600))),
    ),
    "couple_high": Household(
        composition="couple",
        client_age="pension",
        partner_age="pension",
        income=Decimal(92_000),
        assets=Decimal(150_000),
        provisions=(Provision(kind="home_adaptation", cost_price=Decimal(14_000)),),
    ),
}
