"""Requests to begin with, for the description of the API; the tests send each of them."""

from __future__ import annotations

from typing import Any

REQUESTS: dict[str, dict[str, Any]] = {
    "single": {
        "summary": "Somebody who lives alone at pension age, with help in the household",
        "value": {
            "on": "2026-11-22",
            "household": {
                "composition": "single",
                "clientAge": "pension",
                "income": 30000,
                "assets": "12500.00",
                "provisions": [{"kind": "domestic_help"}],
            },
        },
    },
    "couple": {
        "summary": "A couple in a municipality, with an aid that has a cost price, and an income within a range",
        "value": {
            "on": "2026-11-22",
            "municipality": "GM0363",
            "household": {
                "composition": "couple",
                "clientBorn": "1950-03-01",
                "partnerBorn": "1952-07-15",
                "incomeBand": [34000, 39999],
                "provisions": [{"kind": "other_aid", "costPrice": "2500.00", "start": "2025-03-01"}],
            },
        },
    },
    "unknown": {
        "summary": "Nothing known of income and assets: the outcome is a range",
        "value": {
            "household": {
                "composition": "single",
                "clientAge": "adult",
                "provisions": [{"kind": "individual_support", "delivery": "personal_budget"}],
            },
        },
    },
}
