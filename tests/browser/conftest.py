"""What the tests of the page have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from session import chromium, program

# A summary is drawn by a debug build, a rule holds for two polls: it ends as soon as it can.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; a script that fails, or that the page's policy stops, fails the test."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    yield page
    page.close()  # once more does nothing
    assert not troubles


@pytest.fixture
def demo(page: Page) -> Iterator[str]:
    """A demo with its bot."""
    with program("VOBIZ_BOT_BIN", "demo", "--web", "0", "--customers", "30") as address:
        yield address
        page.close()


@pytest.fixture
def sandbox(page: Page) -> Iterator[str]:
    """A sandbox whose bot is the test."""
    with program("VOBIZ_SANDBOX_BIN", "--customers", "3") as address:
        yield address
        page.close()
