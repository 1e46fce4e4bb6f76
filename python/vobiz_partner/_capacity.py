"""Capacity: calls at once and calls begun in a second."""

from __future__ import annotations

from vobiz_partner import _core
from vobiz_partner._calls import AsyncCalls, Calls
from vobiz_partner._record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Resource = Literal["concurrent_calls", "cps"]


class Allocation(Record):
    """The limits of both sides, ``GET /accounts/{id}/concurrency``."""

    partner_auth_id: str | None
    """The partner, ``PA_…``."""
    customer_auth_id: str | None
    """The customer, ``MA_…``."""
    partner_concurrent_calls_limit: int | None
    """Calls at once of the partner."""
    customer_concurrent_calls_limit: int | None
    """Calls at once of the customer."""
    net_concurrent_calls_allocated: int | None
    """Of these, given by the partner."""
    partner_cps_limit: int | None
    """Calls a second of the partner."""
    customer_cps_limit: int | None
    """Calls a second of the customer."""
    net_cps_allocated: int | None
    """Of these, given by the partner."""


class CapacityMove(Record):
    """What a move of capacity answered."""

    _shown = ("success", "slots", "resource", "partner_remaining", "customer_effective")
    success: bool | None
    """Whether it was done."""
    slots: int | None
    """How many were moved."""
    resource: str | None
    """``concurrent_calls`` or ``cps``."""
    from_account: str | None
    """Whose they were."""
    to_account: str | None
    """Whose they are."""
    transfer_reference: str | None
    """Reference of the move."""
    partner_remaining: int | None
    """What the partner has left."""
    customer_effective: int | None
    """What the customer has now; may show up to five minutes late elsewhere."""
    message: str | None
    """The service's words."""


class CapacityCalls(Calls):
    """Calls about capacity."""

    def capacity(self, auth_id: str) -> Allocation:
        """Read the limits of both sides; up to five minutes late. ``GET /accounts/{auth_id}/concurrency``.

        Parameters
        ----------
        auth_id : str
            The customer, ``MA_…``.

        Returns
        -------
        Allocation
        """
        return self._wait(_core.capacity(self._inner, auth_id), Allocation._from)

    def give_capacity(self, auth_id: str, resource: Resource, slots: int, *, description: str | None = None) -> CapacityMove:
        """Give a customer more. ``POST /accounts/{auth_id}/concurrency/transfer``; sent once. Needs ``read_only=False``.

        Parameters
        ----------
        auth_id : str
            The customer, ``MA_…``.
        resource : {"concurrent_calls", "cps"}
            What is given.
        slots : int
            How many more, 1–10000: an amount, not a level.
        description : str, optional
            At most 500 characters.

        Returns
        -------
        CapacityMove
        """
        call = _core.move_capacity(self._inner, False, auth_id, resource, slots, description)
        return self._wait(call, CapacityMove._from)

    def reclaim_capacity(self, auth_id: str, resource: Resource, slots: int, *, description: str | None = None) -> CapacityMove:
        """Take some back. ``POST /accounts/{auth_id}/concurrency/reclaim``; parameters are those of `give_capacity`.

        Returns
        -------
        CapacityMove
        """
        call = _core.move_capacity(self._inner, True, auth_id, resource, slots, description)
        return self._wait(call, CapacityMove._from)

    def capacity_history(self, *, limit: int = 50, offset: int = 0) -> Any:
        """Read moves of capacity, newest first, as sent: no document prints this answer. ``GET /concurrency/transfers``.

        Parameters
        ----------
        limit : int, optional
            1–200.
        offset : int, optional
            Rows to skip.

        Returns
        -------
        object
            The JSON as dictionaries and lists.
        """
        return self._wait(_core.capacity_history(self._inner, limit, offset), lambda found: found)


class AsyncCapacityCalls(AsyncCalls):
    """Calls about capacity, awaited."""

    async def capacity(self, auth_id: str) -> Allocation:
        """Read the limits of both sides. As `Client.capacity`."""
        return await self._wait(_core.capacity(self._inner, auth_id), Allocation._from)

    async def give_capacity(
        self, auth_id: str, resource: Resource, slots: int, *, description: str | None = None
    ) -> CapacityMove:
        """Give a customer more. As `Client.give_capacity`."""
        call = _core.move_capacity(self._inner, False, auth_id, resource, slots, description)
        return await self._wait(call, CapacityMove._from)

    async def reclaim_capacity(
        self, auth_id: str, resource: Resource, slots: int, *, description: str | None = None
    ) -> CapacityMove:
        """Take some back. As `Client.reclaim_capacity`."""
        call = _core.move_capacity(self._inner, True, auth_id, resource, slots, description)
        return await self._wait(call, CapacityMove._from)

    async def capacity_history(self, *, limit: int = 50, offset: int = 0) -> Any:
        """Read moves of capacity. As `Client.capacity_history`."""
        return await self._wait(_core.capacity_history(self._inner, limit, offset), lambda found: found)
