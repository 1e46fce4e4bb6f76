"""The page as such: what a bot can make it show, and where it fits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from session import bot, control, message, say

YOU = {"id": 5, "first_name": "<b>You</b>"}
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def chat(page: Page, sandbox: str) -> str:
    """Open the page on one private chat."""
    control(sandbox, "/control/chats", {"chat": 5, "from": YOU, "change": "join"})
    page.goto(sandbox)
    expect(page.get_by_role("button", name="<b>You</b>")).to_be_visible()
    return sandbox


def test_what_is_shown_is_escaped(page: Page, chat: str) -> None:
    control(chat, "/control/say", {"chat": 5, "from": YOU, "text": HOSTILE})
    key = {"text": HOSTILE, "callback_data": "x"}
    bot(chat, "sendMessage", chat_id=5, text=HOSTILE + "!", reply_markup={"inline_keyboard": [[key]]})
    shown = message(page, HOSTILE + "!")
    expect(shown.locator(".text")).to_have_text(HOSTILE + "!")
    expect(shown.get_by_role("button", name=HOSTILE)).to_be_visible()
    assert page.locator("#log img, #log script, #chats b").count() == 0


def test_formatting_is_shown_as_telegram_shows_it(page: Page, chat: str) -> None:
    html = (
        "₹😀 <b>bold <i>both</i></b> <u>under</u> <s>struck</s> <code>MA_X</code> <pre>block</pre>"
        "<blockquote>quoted</blockquote><tg-spoiler>hidden</tg-spoiler>"
        '<a href="https://vobiz.example/">good</a> <a href="javascript:alert(1)">bad</a> see /low and a/b'
    )
    bot(chat, "sendMessage", chat_id=5, text=html, parse_mode="HTML")
    text = message(page, "see /low").locator(".text")
    for tag, words in {"strong": "bold both", "strong em": "both", "u": "under", "s": "struck", "code": "MA_X"}.items():
        expect(text.locator(tag)).to_have_text(words)
    for tag, words in {"pre": "block", "blockquote": "quoted", ".command": "/low", "a": "good"}.items():
        expect(text.locator(tag)).to_have_text(words)
    expect(text.get_by_role("link", name="good")).to_have_attribute("href", "https://vobiz.example/")
    text.get_by_role("button", name="Hidden text").click()
    expect(text.locator(".spoiler.shown")).to_have_text("hidden")
    text.get_by_role("button", name="/low").click()
    expect(page.locator("#log .own .text")).to_have_text("/low")


def test_a_message_is_pinned_changed_and_taken_away(page: Page, chat: str) -> None:
    number = bot(chat, "sendMessage", chat_id=5, text="3 wallets need someone\nand more")["message_id"]
    bot(chat, "pinChatMessage", chat_id=5, message_id=number)
    pinned = page.get_by_role("button", name="Pinned")
    expect(pinned).to_have_text("Pinned3 wallets need someone")
    bot(chat, "editMessageText", chat_id=5, message_id=number, text="2 wallets need someone")
    expect(pinned).to_have_text("Pinned2 wallets need someone")
    pinned.click()
    expect(page.locator(".flash")).to_contain_text("edited")
    bot(chat, "deleteMessage", chat_id=5, message_id=number)
    expect(pinned).to_be_hidden()
    expect(page.get_by_role("log").get_by_text("wallets need someone")).to_have_count(0)


def test_the_answer_to_a_press_is_shown(page: Page, chat: str) -> None:
    keys = [[{"text": "Why?", "callback_data": "why"}]]
    bot(chat, "sendMessage", chat_id=5, text="Low", reply_markup={"inline_keyboard": keys})
    for answer, alert in (("Burning ₹190/h", False), ("Only an operator may", True)):
        page.get_by_role("button", name="Why?").click()
        expect(page.get_by_role("button", name="Why?")).to_have_attribute("aria-busy", "true")
        query = bot(chat, "getUpdates", offset=-1)[0]["callback_query"]
        assert query["data"] == "why"
        bot(chat, "answerCallbackQuery", callback_query_id=query["id"], text=answer, show_alert=alert)
        expect(page.get_by_role("dialog" if alert else "status")).to_contain_text(answer)
        expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_a_blocked_bot_is_shown_and_unblocked(page: Page, chat: str) -> None:
    page.get_by_role("button", name="Block the bot").click()
    expect(page.get_by_text("The bot is blocked.")).to_be_visible()
    page.get_by_role("button", name="Unblock the bot").click()
    expect(page.get_by_text("The bot may write here.")).to_be_visible()
    kinds = [update["my_chat_member"]["new_chat_member"]["status"] for update in bot(chat, "getUpdates")]
    assert kinds == ["kicked", "member"]


def test_a_group_moves_and_becomes_a_forum_with_topics(page: Page, chat: str) -> None:
    control(chat, "/control/chats", {"chat": -6, "from": YOU, "change": "join", "title": "Night shift"})
    page.get_by_role("button", name="Night shift").click()
    page.get_by_role("button", name="Turn into a supergroup").click()
    expect(message(page, "opened this supergroup")).to_be_visible()
    expect(page.get_by_role("button", name="Night shift")).to_have_count(1)

    forum = -1000000000006
    control(chat, "/control/chats", {"chat": forum, "change": "forum"})
    topic = bot(chat, "createForumTopic", chat_id=forum, name="Alerts")["message_thread_id"]
    bot(chat, "sendMessage", chat_id=forum, message_thread_id=topic, text="Low")
    expect(message(page, "opened the topic Alerts")).to_be_visible()
    expect(message(page, "Low").locator(".meta")).to_contain_text("Alerts · ")


@pytest.mark.parametrize("width", [360, 861, 1280])
def test_nothing_is_cut_off_at_any_width(page: Page, chat: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    bot(chat, "sendMessage", chat_id=5, text="<pre>" + "x" * 300 + "</pre>" + "₹1,00,000 " * 60, parse_mode="HTML")
    say(page, "wide " + "w" * 200)
    expect(message(page, "wide")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.getElementById('log').scrollWidth") <= width
    controls = page.get_by_role("button", name="Controls")
    if controls.is_visible():
        controls.click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Next day, 09:00")).to_be_hidden()
        controls.click()
    expect(page.get_by_role("button", name="Next day, 09:00")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport()


def test_the_theme_follows_the_reader_until_it_is_chosen(page: Page, chat: str) -> None:
    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page.emulate_media(color_scheme="light")
    light = ground()
    page.emulate_media(color_scheme="dark")
    dark = ground()
    assert light != dark
    page.get_by_role("button", name="Dark theme").click()
    assert ground() == light
    page.reload()
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "false")
    assert ground() == light
    assert chat
