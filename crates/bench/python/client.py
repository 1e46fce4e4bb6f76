"""Readers of the service in Python: ``client.py httpx|requests CASE TIMES ADDRESS``.

``httpx`` with pydantic models (``model_validate_json``, its fast way), and ``requests`` with plain ``json``. Prints seconds
of wall and of CPU, rows read, and KiB of memory above idle at the highest point.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

HEADERS = {"X-Auth-ID": "PA_XXXXXXXX", "X-Auth-Token": "a-token", "Accept": "application/json"}


def with_httpx(base: str) -> tuple[Callable[[], Any], Callable[[int], Any], Callable[[int], Any]]:
    import httpx
    from models import Accounts, Report, Transactions

    client = httpx.Client(headers=HEADERS, trust_env=False)

    def read(model: Any, path: str) -> Any:
        return model.model_validate_json(client.get(base + path).raise_for_status().content)

    return (
        lambda: read(Report, "dashboard"),
        lambda page: read(Accounts, f"accounts?page={page}&per_page=100"),
        lambda page: read(Transactions, f"accounts/MA_XXXXXXXX/transactions?page={page}&per_page=100"),
    )


class Members(dict[str, Any]):
    """A plain object, its members as attributes, so that both readers are walked by the same lines."""

    __getattr__ = dict.__getitem__


def with_requests(base: str) -> tuple[Callable[[], Any], Callable[[int], Any], Callable[[int], Any]]:
    import requests

    session = requests.Session()
    session.trust_env = False
    session.headers.update(HEADERS)

    def read(path: str) -> Any:
        answer = session.get(base + path)
        answer.raise_for_status()
        return Members(json.loads(answer.content))

    return (
        lambda: read("dashboard"),
        lambda page: read(f"accounts?page={page}&per_page=100"),
        lambda page: read(f"accounts/MA_XXXXXXXX/transactions?page={page}&per_page=100"),
    )


def main() -> None:
    _, who, case, times, address = sys.argv
    dashboard, accounts, transactions = {"httpx": with_httpx, "requests": with_requests}[who](f"{address}/{case}/")

    def sweep() -> int:
        rows: list[Any] = []
        page = 1
        while True:
            answer = accounts(page)
            rows.extend(answer.accounts)
            if len(rows) >= answer.total:
                return len(rows)
            page += 1

    def ledger() -> int:
        rows, page = 0, 1
        while True:
            answer = transactions(page)
            rows += len(answer.transactions)
            if page >= answer.total_pages:
                return rows
            page += 1

    report = (lambda: len(dashboard().time_series), dashboard)
    accounts_case = (sweep, lambda: accounts(1))
    cases = {"small": report, "large": report, "1000": accounts_case, "10000": accounts_case}
    read, warm = cases.get(case, (ledger, lambda: transactions(1)))

    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    warm()
    wall, cpu = time.perf_counter(), time.process_time()
    rows = sum(read() for _ in range(int(times)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    above = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle
    print(wall, cpu, rows, above)


main()
