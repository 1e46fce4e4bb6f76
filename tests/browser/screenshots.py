"""The pictures of the page in the documentation: ``cargo xtask screenshots``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, expect
from session import chromium, message, program, say


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
