"""How amounts are shown beside their exact figure."""

from __future__ import annotations

from decimal import Decimal

from vobiz_partner import _figures


def test_a_currency_of_digits_is_no_part_of_the_amount() -> None:
    assert _figures.says("₹0.90", Decimal("0.9"))
    assert not _figures.says("₹0.90", Decimal("0.901"))
    assert not _figures.says("0.0 0.90", Decimal("0.9")), "and raises nothing"
