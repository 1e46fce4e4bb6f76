"""The programs and the browser that the page is tried with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium, which ``cargo xtask`` found."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["VOBIZ_CHROMIUM"], args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def program(variable: str, *arguments: str) -> Iterator[str]:
    """Run a binary of the workspace; gives the address that it prints first, without a slash at the end."""
    command = [os.environ[variable], *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", first)
        assert found, first
        try:
            yield found[0]
        finally:
            running.terminate()
            running.stdout.read()


def control(address: str, path: str, body: dict[str, Any]) -> Any:
    """Do what the page itself has no button for."""
    request = urllib.request.Request(f"{address}{path}", json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def bot(address: str, method: str, **parameters: Any) -> Any:
    """Call a method of the Bot API, as some bot or other."""
    return control(address, f"/bot7:browser/{method}", parameters)["result"]


def say(page: Page, text: str) -> None:
    """Write a message and send it as people do."""
    line = page.get_by_role("combobox", name="Message")
    line.fill(text)
    line.press("Enter")


def message(page: Page, text: str | re.Pattern[str]) -> Locator:
    """Give the last message in the open chat that holds this text."""
    return page.get_by_role("log").get_by_role("listitem").filter(has_text=text).last
