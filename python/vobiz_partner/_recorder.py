"""Recording what wallets read over time, for those without a bot."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Callable
    from typing import Any

    from vobiz_partner._accounts import Accounts
    from vobiz_partner._client import Client

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ACCOUNTS = ("auth_id", "name", "billing_mode", "active", "auto_recharge", "currency")


def record(
    client: Client,
    folder: str | os.PathLike[str],
    *,
    every: str | dt.timedelta = "15m",
    polls: int | None = None,
    now: Callable[[], dt.datetime] | None = None,
    wait: Callable[[dt.timedelta], object] | None = None,
) -> int:
    """Read every wallet again and again, and write what changed into a folder that `History.open` reads.

    A folder that is there already is gone on with. A poll that fails because the service cannot be reached is a gap; any other
    failure ends the recording. Ctrl-C ends it and loses nothing.

    Parameters
    ----------
    client : Client
        What reads the wallets.
    folder : path
        It is made where it is not there.
    every : str or datetime.timedelta, optional
        Time between two polls, such as ``"15m"``.
    polls : int, optional
        How many; without an end by default.
    now : callable, optional
        What tells the time, for a service with a clock of its own, such as a `Sandbox`.
    wait : callable, optional
        What waits for a timedelta; by default ``time.sleep``.

    Returns
    -------
    int
        How many polls succeeded.

    Examples
    --------
    >>> with vobiz.Sandbox(customers=3) as small:
    ...     vobiz.record(small.client(), "history", every="1h", polls=4, now=lambda: small.now, wait=small.advance)
    4
    >>> vobiz.History.open("history")  # doctest: +ELLIPSIS
    <History: 3 wallets, 4 polls, ...>
    """
    import datetime as dt
    import os
    import time

    from vobiz_partner._errors import ConnectError, RateLimitedError, ServerError, VobizTimeoutError

    step = every if isinstance(every, dt.timedelta) else dt.timedelta(seconds=_seconds(every))
    if step <= dt.timedelta(0):
        raise ValueError('record: every is a length of time above zero, such as "15m"')
    os.makedirs(folder, exist_ok=True)
    path = os.fspath(folder)
    known = {row["auth_id"]: row["balance"] for row in _rows(os.path.join(path, "samples.csv"))}
    # Customers who left the list stay: their samples name them.
    listed = {row["auth_id"]: [row[name] for name in _ACCOUNTS] for row in _rows(os.path.join(path, "accounts.csv"))}
    tried = done = 0
    while True:
        at = now() if now else dt.datetime.now(dt.timezone.utc)
        try:
            accounts = client.accounts()
        except (ConnectError, RateLimitedError, ServerError, VobizTimeoutError):
            pass
        else:
            _write(path, accounts, at, known, listed)
            done += 1
        tried += 1
        if polls is not None and tried >= polls:
            return done
        if wait is None:
            time.sleep(step.total_seconds())
        else:
            wait(step)


def _seconds(text: str) -> int:
    number, unit = text.strip()[:-1], text.strip()[-1:]
    if unit not in _UNITS or not number.isdecimal():
        raise ValueError(f'record: every is a length of time such as "90s", "15m", "1h" or "1d", not {text!r}')
    return int(number) * _UNITS[unit]


def _rows(path: str) -> list[dict[str, str]]:
    """Return the rows of a file of an earlier recording; none where there was none."""
    import csv
    import os

    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _write(folder: str, accounts: Accounts, at: dt.datetime, known: dict[str, str], listed: dict[str, list[str]]) -> None:
    """Write what one poll read: samples first, so that a poll without its samples cannot be."""
    import csv
    import os

    from vobiz_partner._files import whole

    instant = at.isoformat()
    samples = []
    for account in accounts:
        prepaid = account.billing_mode != "postpaid"
        flags = [str(bool(flag)).lower() for flag in (account.is_active is not False, account.auto_recharge)]
        mode = "prepaid" if prepaid else "postpaid"
        listed[account.auth_id] = [account.auth_id, account.name or "", mode, *flags, account.currency or ""]
        balance = "" if account.balance is None else f"{account.balance:f}"
        if known.get(account.auth_id) != balance:
            samples.append([instant, account.auth_id, balance])
            known[account.auth_id] = balance
    with whole(os.path.join(folder, "accounts.csv")) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_ACCOUNTS)
        writer.writerows(listed.values())
    _append(os.path.join(folder, "samples.csv"), ("at", "auth_id", "balance"), samples)
    _append(os.path.join(folder, "polls.csv"), ("at",), [[instant]])


def _append(path: str, columns: tuple[str, ...], rows: list[Any]) -> None:
    import csv
    import os

    is_new = not os.path.exists(path)
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow(columns)
        writer.writerows(rows)
