"""The pictures of the page in the documentation: ``cargo xtask screenshots``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from session import chromium, control, message, program, say

# Virtual seconds for each second in which a history is made, and how many of these: two days and a half.
SPEED = 1_800
SECONDS = 120
# What is asked for, and what the answer holds.
VIEWS = {
    "summary": ("/summary", "Customer wallets: "),
    "alerts": ("/alerts", "fires"),
    "chart-fleet": ("/chart fleet", "wallets: "),
    "chart-answers": ("/chart answers 30d", "Usual: "),
    "chart-top": ("/chart top", "spends the most"),
    "customers": ("/customers", "customers"),
    "export": ("/export month 2026-04 xlsx", "Usage, fees and wallets"),
}


def main(folder: Path) -> None:
    """Live through a morning with the demo and keep three looks at it."""
    with program("VOBIZ_BOT_BIN", "demo", "--web", "0") as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.goto(address)
        page.get_by_role("button", name="Pause").click()
        for _ in range(2):
            page.get_by_role("button", name="Next poll").click()
            page.wait_for_timeout(2_000)
        page.get_by_role("button", name="Next day, 09:00").click()
        look_at_summary(page)
        keep(page, folder / "chat-light.png")

        page.emulate_media(color_scheme="dark")
        page.get_by_role("button", name="Night shift").click()
        look_at_summary(page)
        page.get_by_role("combobox", name="Speak as").select_option("Asha")
        say(page, "/low")
        expect(message(page, "wallets under")).to_be_visible()
        say(page, "/dashboard")
        page.get_by_role("button", name="7 days").click()
        expect(message(page, "edited")).to_be_visible()
        keep(page, folder / "chat-dark.png")

        phone = browser.new_page(viewport={"width": 360, "height": 740}, device_scale_factor=2, color_scheme="light")
        phone.goto(address)
        look_at_summary(phone)
        keep(phone, folder / "chat-phone.png")


def views(folder: Path) -> None:
    """Look at each answer after some days of history, to be opened and judged: they are not in the documentation."""
    folder.mkdir(parents=True, exist_ok=True)
    with program("VOBIZ_BOT_BIN", "demo", "--web", "0") as address, chromium() as browser:
        control(address, "/control/clock", {"speed": SPEED})
        time.sleep(SECONDS)
        control(address, "/control/clock", {"paused": True})
        for look, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 360, "light")):
            page = opened(browser, address, width, scheme)
            customer = page.locator("#customer option").nth(10).get_attribute("value")
            one = {"chart": (f"/chart {customer}", "all that is recorded"), "customer": (f"/customer {customer}", "As of ")}
            for name, (line, words) in (VIEWS | one).items():
                say(page, line)
                # Telegram takes about a message a second: the answer is the last one then, and not the question.
                expect(page.locator("#log > li:last-child:not(.own)", has_text=words)).to_be_visible()
                page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
                page.evaluate("document.getElementById('log').scrollTo({ top: 1e9, behavior: 'instant' })")
                keep(page, folder / f"{name}-{look}.png")
            page.close()


def opened(browser: Browser, address: str, width: int, scheme: str) -> Page:
    """Open the page in a window of this width, in this colour scheme."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address)
    expect(page.locator("#customer option").nth(10)).to_be_attached()
    return page


def look_at_summary(page: Page) -> None:
    """Wait for the morning's summary, before or after which alerts may come, and bring it into view."""
    summary = message(page, "Customer wallets: ")
    expect(summary.get_by_role("img")).to_be_visible()
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    summary.evaluate("item => item.scrollIntoView({ block: 'end', behavior: 'instant' })")


def keep(page: Page, file: Path) -> None:
    """Write what is seen, when everything in it is there."""
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=file, animations="disabled", caret="hide")


if __name__ == "__main__":
    expect.set_options(timeout=60_000)
    main(Path(sys.argv[1]))
    views(Path(sys.argv[2]))
