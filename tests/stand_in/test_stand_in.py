"""The bot against a Bot API that others wrote: what a chat sees of it does not rest on our own sandbox alone."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

PATIENCE = 90
T = TypeVar("T")
TOKEN = "7:stand-in"
ASHA = {"id": 4001, "first_name": "Asha", "is_bot": False}
CHAT = {"id": 4001, "first_name": "Asha", "type": "private"}


@contextmanager
def program(*command: str, lines: int = 1, env: dict[str, str] | None = None) -> Iterator[list[str]]:
    """Run a program until it is no longer needed; gives the lines that it prints first."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env) as running:
        assert running.stdout is not None
        try:
            yield [running.stdout.readline().strip() for _ in range(lines)]
        finally:
            running.terminate()
            running.stdout.read()


def until(what: str, look: Callable[[], T | None]) -> T:
    """Look again and again until there is something."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, f"did not come: {what}"
        time.sleep(0.05)
    return found


def post(address: str, body: dict[str, Any]) -> Any:
    """Send JSON and give the answer."""
    request = urllib.request.Request(address, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@dataclass
class Bot:
    """A bot whose Telegram is the stand-in, and whose customers are the sandbox's."""

    telegram: str
    sandbox: str

    def messages(self) -> list[dict[str, Any]]:
        """Everything the bot sent, as it is now."""
        history = post(f"{self.telegram}/getUpdatesHistory", {"token": TOKEN})["result"]
        return [update for update in history if "chat_id" in update.get("message", {})]

    def until(self, text: str, after: int = 0) -> dict[str, Any]:
        """Wait for a message with this text, after so many others."""
        return until(text, lambda: next((one for one in self.messages()[after:] if text in one["message"]["text"]), None))

    def say(self, text: str, answer: str) -> dict[str, Any]:
        """Write a line and wait for an answer with this text."""
        before = len(self.messages())
        message = {"botToken": TOKEN, "from": ASHA, "chat": CHAT, "date": int(time.time()), "text": text}
        post(f"{self.telegram}/sendMessage", message)
        return self.until(answer, before)

    def changed(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """Wait until a message was changed to one with this text."""
        number = update["messageId"]
        return until(
            text,
            lambda: next((one for one in self.messages() if one["messageId"] == number and text in one["message"]["text"]), None),
        )

    def wallets(self) -> Any:
        """Every customer's wallet."""
        with urllib.request.urlopen(f"{self.sandbox}/control/wallets") as answer:
            return json.load(answer)

    def press(self, update: dict[str, Any], text: str) -> None:
        """Press the button with this text under a message."""
        rows = update["message"]["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == text)
        text = update["message"]["text"]
        message = {"message_id": update["messageId"], "date": 1, "chat": CHAT, "from": ASHA, "text": text}
        press = {"botToken": TOKEN, "from": ASHA, "message": message, "data": data}
        post(f"{self.telegram}/sendCallback", press)

    def set_wallet(self, auth_id: str, amount: int) -> None:
        """Put so much into a wallet."""
        post(f"{self.sandbox}/control/wallet", {"auth_id": auth_id, "balance": str(amount)})


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    """A bot that runs, and customers whose wallets are full."""
    environment = {**os.environ, "NODE_PATH": str(Path(os.environ["VOBIZ_STAND_IN"]) / "node_modules")}
    server = str(Path(__file__).with_name("server.js"))
    world = [os.environ["VOBIZ_SANDBOX_BIN"], "--customers", "5"]
    run = [os.environ["VOBIZ_BOT_BIN"], "run", "--config", "bot.toml"]
    with program("node", server, env=environment) as (telegram,), program(*world, lines=2) as (listening, credentials):
        bot = Bot(telegram, listening.removeprefix("listening "))
        _, auth_id, token = credentials.split()
        (tmp_path / "bot.toml").write_text(
            f"""
            [vobiz]
            auth_id = "{auth_id}"
            auth_token = "{token}"
            base_url = "{bot.sandbox}/api/v1/partner"
            requests_per_second = 1000
            [telegram]
            token = "{TOKEN}"
            api_url = "{telegram}"
            [database]
            url = "sqlite://bot.db"
            [poll]
            every = "1s"
            [[chats]]
            id = {ASHA["id"]}
            [[people]]
            id = {ASHA["id"]}
            name = "Asha"
            role = "operator"
            """
        )
        for wallet in bot.wallets():
            bot.set_wallet(wallet["auth_id"], 50_000)
        with (tmp_path / "log").open("w") as log, subprocess.Popen(run, cwd=tmp_path, stderr=log) as running:
            until("the bot is ready", lambda: "ready\n" in (tmp_path / "log").read_text())
            yield bot
            running.terminate()


def test_the_commands_an_alert_and_its_button_work_with_another_bot_api(bot: Bot) -> None:
    """Nothing here is our own on Telegram's side."""
    assert "/low" in bot.say("/help", "/thresholds")["message"]["text"]
    bot.say("/start", "/help")
    bot.say("/low", "of 5 customers")
    # Rules leave out those that are paid later, inactive or recharged by themselves.
    before = len(bot.messages())
    for wallet in bot.wallets():
        bot.set_wallet(wallet["auth_id"], 300)
    alert = bot.until("critical", before)
    assert "₹300" in alert["message"]["text"]
    bot.say("/low", "of 5 customers")
    single = bot.say("/alerts", "fire")
    name = single["message"]["reply_markup"]["inline_keyboard"][0][0]["text"]
    bot.press(single, name)
    bot.press(bot.changed(single, "low balance"), "Take")
    bot.until("taken by Asha", before)
