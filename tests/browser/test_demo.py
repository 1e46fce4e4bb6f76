"""A person at the page of the demo."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from session import control, message, say


def test_a_report_is_answered_changes_in_place_and_the_next_day_brings_a_summary_with_its_picture(page: Page, demo: str) -> None:
    page.goto(demo)
    say(page, "/dashboard")
    report = message(page, "in all customer wallets")
    expect(report).to_be_visible()
    expect(report.get_by_role("button", name="↻ Now")).to_be_visible()

    number = report.get_attribute("id")
    report.get_by_role("button", name="7 days").click()
    changed = page.locator(f"#{number}")
    expect(changed).to_contain_text("edited")
    expect(changed).to_contain_text(re.compile(r"Calls \d+ \w+–12 May 2026"))
    expect(changed.get_by_role("button", name="↻ 7 days")).to_be_visible()
    expect(page.get_by_role("log").get_by_role("listitem").filter(has_text="in all customer wallets")).to_have_count(0)

    page.get_by_role("button", name="Next day, 09:00").click()
    summary = message(page, "Customer wallets: ")
    picture = summary.get_by_role("img", name="Picture: ")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1280)
    expect(summary).to_contain_text("Tue 12 May")
    expect(summary).not_to_contain_text("Late")
    expect(page.get_by_label("The clock of this world")).to_contain_text("Wed 13 May")


def test_a_drained_customer_and_a_service_that_is_down_and_back_are_reported(page: Page, demo: str) -> None:
    control(demo, "/control/clock", {"speed": 600})
    page.goto(demo)
    customer = page.get_by_role("combobox", name="Wallet")
    expect(customer.get_by_role("option")).to_have_count(31)  # and the partner's own
    name = customer.evaluate("select => select.selectedOptions[0].textContent").split(" · ")[1]
    page.get_by_role("button", name="Drain this wallet").click()
    # It goes on calling until it is empty. The name is between direction marks.
    empty = re.compile(re.escape(name) + r"\W* (is EMPTY since|has ₹\d+\.\d\d left: critical)")
    expect(message(page, empty)).to_be_visible()

    page.get_by_role("button", name="API down").click()
    expect(message(page, "The API cannot be read since")).to_be_visible()
    page.get_by_role("button", name="API back").click()
    expect(message(page, "The API answers again")).to_be_visible()


def test_the_keyboard_alone_is_enough(page: Page, demo: str) -> None:
    page.goto(demo)
    page.get_by_role("combobox", name="Message").focus()
    page.keyboard.type("/d")
    expect(page.get_by_role("option", name="/dashboard")).to_be_visible()
    for key in ("ArrowDown", "Enter", "Enter"):
        page.keyboard.press(key)
    report = message(page, "in all customer wallets")
    expect(report).to_be_visible()

    now = report.get_by_role("button", name="↻ Now")
    while not now.evaluate("key => key === document.activeElement"):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement !== document.body"), "the button cannot be reached"
    outline = now.evaluate("key => getComputedStyle(key).outlineStyle")
    assert outline == "solid", "a focused button is seen to be"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="↻ 7 days")).to_be_focused()


def test_a_stranger_learns_the_id_of_the_chat_and_a_group_has_several_people(page: Page, demo: str) -> None:
    page.goto(demo)
    page.get_by_role("button", name="A stranger").click()
    say(page, "/low")
    expect(message(page, "This bot serves its own chats only. The id of this one is 1999.")).to_be_visible()

    page.get_by_role("button", name="Night shift").click()
    page.get_by_role("combobox", name="Speak as").select_option("Ravi")
    say(page, "/help")
    expect(message(page, "Reports and alerts for your Vobiz customers.")).to_be_visible()
    expect(page.locator("#log .own")).to_have_count(1)
    page.get_by_role("combobox", name="Speak as").select_option("Asha")
    expect(page.locator("#log .own")).to_have_count(0)
    expect(page.locator("#log .who").filter(has_text="Ravi")).to_be_visible()
