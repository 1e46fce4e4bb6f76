"""Tables made by hand, for tests that need no service."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import vobiz_partner as vobiz

START = dt.datetime(2026, 5, 2, 3, 30, tzinfo=dt.timezone.utc)
"""The second of May, nine in the morning in Kolkata: little is newer than April."""


def accounts_of(*balances: str | None, currency: str | None = None) -> vobiz.Accounts:
    """Customers with these balances."""
    rows = [{"auth_id": f"MA_{place}", "balance": balance and Decimal(balance)} for place, balance in enumerate(balances)]
    return vobiz.Accounts.from_rows(rows, currency)


def accounts_named(*names: str, balance: str | None = "1300.005") -> vobiz.Accounts:
    """Customers with these names and one balance."""
    exact = balance and Decimal(balance)
    rows = [{"auth_id": f"MA_{place}", "name": name, "balance": exact} for place, name in enumerate(names)]
    return vobiz.Accounts.from_rows(rows, "INR")
