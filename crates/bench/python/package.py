"""Readers of the service into values and frames: ``package.py vobiz|httpx|requests CASE TIMES ADDRESS``.

``vobiz`` is the package, ``httpx`` has pydantic models (``model_validate_json``, its fast way), ``requests`` has ``json`` with
``parse_float=Decimal``; peers make frames by pandas. Prints seconds of wall and of CPU, the exact total in units of 10⁻⁵,
and KiB of memory above the process before it read anything, at the highest point.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

WHO, CASE, TIMES, ADDRESS = sys.argv[1:]
HEADERS = {"X-Auth-ID": "PA_XXXXXXXX", "X-Auth-Token": "a-token", "Accept": "application/json"}
LEDGER = "MA_XXXXXXXX"
Reader = tuple[Callable[[], Any], Callable[[], Any]]
"""What warms up, and what is measured; both return a total."""


def total(amounts: Iterable[Any]) -> Decimal:
    """Add amounts of whatever form exactly."""
    return sum((amount if isinstance(amount, Decimal) else Decimal(str(amount)) for amount in amounts), Decimal(0))


def frame_total(frame: Any) -> Decimal:
    return Decimal(str(frame["amount"].sum()))


def vobiz() -> Reader:
    import vobiz_partner

    base = f"{ADDRESS}/{CASE.partition('-')[0]}/"
    client = vobiz_partner.Client("PA_XXXXXXXX", "a-token", base_url=base, requests_per_second=0, progress=False)

    def ledger(money: Any) -> Callable[[], Decimal]:
        return lambda: frame_total(client.transactions(LEDGER).to_pandas(money=money))

    def one_page() -> Any:
        return next(client.stream_transactions(LEDGER, rows=100).batches()).to_pandas(money=MONEY)

    def report() -> Any:
        return client.dashboard().total_balance

    def sweep() -> Any:
        return client.accounts().sum("balance")

    cases: dict[str, Reader] = {
        "import": (lambda: 0, lambda: 0),
        "small": (report, report),
        "large": (report, report),
        "10000": (lambda: next(client.stream_accounts(rows=100).batches()), sweep),
    }
    return cases[CASE] if CASE in cases else (one_page, ledger(MONEY))


MONEY = CASE.partition("-")[2]


def peer(read: Callable[[str, str], Any]) -> Reader:
    """Read pages one after the other, as both peers do."""
    base = f"{ADDRESS}/{CASE.partition('-')[0]}/"

    def report() -> Any:
        return read("Report", base + "dashboard").total_balance

    def page(number: int) -> Any:
        return read("Accounts", f"{base}accounts?page={number}&per_page=100")

    def sweep() -> Decimal:
        rows: list[Any] = []
        while True:
            answer = page(len(rows) // 100 + 1)
            rows.extend(answer.accounts)
            if len(rows) >= answer.total:
                return total(row["cash_credits"] if isinstance(row, dict) else row.balance for row in rows)

    def entries(number: int) -> Any:
        return read("Transactions", f"{base}accounts/{LEDGER}/transactions?page={number}&per_page=100")

    def frame(rows: list[Any]) -> Any:
        import pandas as pd

        frame = pd.DataFrame(row if isinstance(row, dict) else row.__dict__ for row in rows)
        for name in ("created_at", "processed_at", "updated_at"):
            if name in frame:
                frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
        if MONEY == "arrow":
            import pyarrow as pa

            frame["amount"] = frame["amount"].map(Decimal).astype(pd.ArrowDtype(pa.decimal128(28, 10)))
        return frame

    def ledger() -> Decimal:
        rows: list[Any] = []
        while True:
            answer = entries(len(rows) // 100 + 1)
            rows.extend(answer.transactions)
            if len(rows) >= answer.total:
                return frame_total(frame(rows))

    cases: dict[str, Reader] = {
        "import": (lambda: 0, lambda: 0),
        "small": (report, report),
        "large": (report, report),
        "10000": (lambda: page(1), sweep),
    }
    return cases[CASE] if CASE in cases else (lambda: frame(list(entries(1).transactions)), ledger)


def httpx() -> Reader:
    import httpx

    if CASE != "import":
        import models
    client = httpx.Client(headers=HEADERS, trust_env=False)
    return peer(lambda kind, url: getattr(models, kind).model_validate_json(client.get(url).raise_for_status().content))


class Members(dict[str, Any]):
    """A plain object, its members as attributes, so that both peers are walked by the same lines."""

    __getattr__ = dict.__getitem__


def requests() -> Reader:
    import requests

    session = requests.Session()
    session.trust_env = False
    session.headers.update(HEADERS)

    def read(_: str, url: str) -> Members:
        answer = session.get(url)
        answer.raise_for_status()
        return Members(json.loads(answer.content, parse_float=Decimal))

    return peer(read)


def main() -> None:
    if MONEY:  # what all have to import is not what is compared
        import pandas as pd
        import pyarrow as pa

        pd.Series([], dtype=pd.ArrowDtype(pa.decimal128(28, 10)))
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made, cpu_made = time.perf_counter(), time.process_time()
    warm, read = {"vobiz": vobiz, "httpx": httpx, "requests": requests}[WHO]()
    if CASE != "import":
        warm()
        made, cpu_made = time.perf_counter(), time.process_time()
    sum_of_all = sum(Decimal(str(read())) for _ in range(int(TIMES)))
    wall, cpu = time.perf_counter() - made, time.process_time() - cpu_made
    print(wall, cpu, sum_of_all * 100_000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle)


main()
