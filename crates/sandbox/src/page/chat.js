"use strict";
const $ = (id) => document.getElementById(id);
const ZONE = "Asia/Kolkata";
const LONG_POLL = 25;
const QUICK = 1000;
const chats = new Map();
let current = null;

// ---- calls ----
async function call(method, path, body) {
  const options = { method, headers: body ? { "content-type": "application/json" } : {}, body: body && JSON.stringify(body) };
  const answer = await fetch("/control" + path, options);
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(value.error || `${method} ${path}: ${answer.status}`);
  return value;
}
const post = (path, body) => call("POST", path, body);
const attempt = (work) => work().catch((error) => toast(error.message));

// ---- words ----
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
const shown = (date, options) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options }).format(date);
const clockTime = (date) => shown(date, { hour: "2-digit", minute: "2-digit" });
const dayName = (date) => shown(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const firstLine = (message) => (message.text || message.caption || (message.photo ? "Picture" : "Document")).split("\n")[0];
let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 5000);
}

// ---- formatted text: everything is a text node; what is not known is shown plain ----
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };
function formatted(text, entities, from = 0, to = text.length) {
  const parts = document.createDocumentFragment();
  let place = from;
  for (let at = 0; at < entities.length; at++) {
    const { offset, length } = entities[at];
    const end = Math.min(offset + length, to);
    if (offset < place || offset >= to) continue;
    parts.append(plain(text.slice(place, offset)));
    const inner = entities.slice(at + 1).filter((other) => other.offset >= offset && other.offset < end);
    parts.append(marked(entities[at], text.slice(offset, end), formatted(text, inner, offset, end)));
    place = end;
  }
  parts.append(plain(text.slice(place, to)));
  return parts;
}
function marked(entity, text, content) {
  if (entity.type === "bot_command") return command(text);
  if (entity.type === "text_link" && /^(https?|mailto|tg):/i.test(entity.url)) {
    return element("a", { href: entity.url, target: "_blank", rel: "noopener noreferrer" }, content);
  }
  if (entity.type === "spoiler") {
    const spoiler = element("span", { className: "spoiler", tabIndex: 0, role: "button", "aria-label": "Hidden text" }, content);
    const reveal = () => { spoiler.classList.add("shown"); spoiler.removeAttribute("aria-label"); };
    spoiler.addEventListener("click", reveal);
    spoiler.addEventListener("keydown", (event) => { if (event.key === "Enter") reveal(); });
    return spoiler;
  }
  return TAGS[entity.type] ? element(TAGS[entity.type], {}, content) : content;
}
function plain(text) {
  const parts = document.createDocumentFragment();
  let place = 0;
  for (const found of text.matchAll(/(?<=^|[\s(])\/[a-z][a-z0-9_]{0,31}(?![\w/])/g)) {
    parts.append(text.slice(place, found.index), command(found[0]));
    place = found.index + found[0].length;
  }
  parts.append(text.slice(place));
  return parts;
}
function command(text) {
  return element("button", { type: "button", className: "command", onclick: () => say(text) }, text);
}

// ---- messages ----
function bubble(chat, message) {
  const isOwn = !message.from.is_bot && message.from.id === speaker(chat)?.id;
  const body = element("div", { className: "bubble" });
  if (chat.id < 0 && !isOwn) body.append(element("div", { className: "who" }, message.from.first_name));
  if (message.photo?.length) {
    const { file_id, width, height } = message.photo.at(-1);
    const address = "/control/files/" + encodeURIComponent(file_id);
    const picture = element("img", { src: address, width, height, alt: "Picture: " + firstLine(message) });
    picture.addEventListener("load", () => stick(false));
    body.append(element("a", { href: address, target: "_blank", rel: "noopener" }, picture));
  }
  if (message.document) {
    const { file_id, file_name, file_size } = message.document;
    const link = element("a", { href: "/control/files/" + encodeURIComponent(file_id), download: file_name }, file_name);
    body.append(element("div", {}, "📄 ", link, ` (${file_size.toLocaleString("en-IN")} bytes)`));
  }
  if (message.migrate_to_chat_id) body.append(element("em", {}, "turned this group into a supergroup"));
  if (message.migrate_from_chat_id) body.append(element("em", {}, "opened this supergroup, a group before"));
  if (message.forum_topic_created) body.append(element("em", {}, `opened the topic ${message.forum_topic_created.name}`));
  const text = message.text ?? message.caption;
  if (text) body.append(element("div", { className: "text" }, formatted(text, message.entities ?? message.caption_entities ?? [])));
  const silent = message.silent ? element("span", { title: "Sent without sound", role: "img", "aria-label": "Sent without sound" }, "🔕 ") : null;
  const time = clockTime(message.date * 1000) + (message.edit_date ? ` · edited ${clockTime(message.edit_date * 1000)}` : "");
  const topic = message.is_topic_message && chat.messages.get(message.message_thread_id)?.forum_topic_created?.name;
  body.append(element("div", { className: "meta" }, silent, topic ? `${topic} · ${time}` : time));
  const item = element("li", { className: isOwn ? "own" : "", id: `message-${message.message_id}` }, body, keys(chat, message));
  return item;
}
function keys(chat, message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const key = (button) => {
    if (button.url) return element("a", { href: /^https?:/i.test(button.url) ? button.url : "#", target: "_blank", rel: "noopener noreferrer" }, button.text);
    const made = element("button", { type: "button" }, button.text);
    made.addEventListener("click", () => attempt(async () => {
      made.setAttribute("aria-busy", "true");
      await post("/press", { chat: chat.id, from: speaker(chat), message_id: message.message_id, data: button.callback_data });
    }));
    return made;
  };
  const keyboard = element("div", { className: "keys", role: "group", "aria-label": "Buttons" }, ...rows.map((row) => element("div", {}, ...row.map(key))));
  keyboard.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...keyboard.querySelectorAll("button, a")];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    event.preventDefault();
  });
  return keyboard;
}
const isNearEnd = () => $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 160;
let sticks = true;
function stick(force) { if (force || sticks) $("log").scrollTo({ top: $("log").scrollHeight, behavior: "instant" }); }
$("log").addEventListener("scroll", () => { sticks = isNearEnd(); });

function add(chat, message) {
  const before = [...chat.messages.values()].filter((other) => other.message_id < message.message_id).at(-1);
  const day = dayName(message.date * 1000);
  if (!before || dayName(before.date * 1000) !== day) $("log").append(element("li", { className: "day" }, day));
  $("log").append(bubble(chat, message));
}
function replace(chat, message) {
  const old = $(`message-${message.message_id}`);
  const place = [...old.querySelectorAll(".keys button, .keys a")].indexOf(document.activeElement);
  old.replaceWith(bubble(chat, message));
  const fresh = [...$(`message-${message.message_id}`).querySelectorAll(".keys button, .keys a")];
  if (place >= 0 && fresh.length) fresh[Math.min(place, fresh.length - 1)].focus();
}
function showLog(chat) {
  $("log").setAttribute("aria-busy", "true"); // earlier messages are not read aloud
  $("log").replaceChildren();
  for (const message of chat.before) {
    const item = bubble(chat, { ...message, reply_markup: undefined });
    item.removeAttribute("id"); // the supergroup counts its messages from one again
    $("log").append(item);
  }
  const seen = chat.messages;
  chat.messages = new Map();
  for (const [id, message] of seen) { add(chat, message); chat.messages.set(id, message); }
  if (!seen.size && !chat.before.length) $("log").append(element("li", { className: "empty" }, "No messages yet. Write /help, or press / for the commands."));
  stick(true);
  setTimeout(() => $("log").setAttribute("aria-busy", "false"));
}

// ---- chats ----
const speaker = (chat) => (chat.id > 0 ? chat.people[0] : chat.people.find((person) => String(person.id) === $("as").value) ?? chat.people[0]);
function show(chat) {
  current = chat;
  chat.unread = 0;
  $("as").hidden = chat.id > 0;
  $("as").replaceChildren(...chat.people.map((person) => element("option", { value: person.id }, person.first_name)));
  showChats();
  showLog(chat);
  showPinned(chat);
  showStanding(chat);
  offerCommands();
}
function showChats() {
  $("chats").replaceChildren(...[...chats.values()].map((chat) => {
    const last = [...chat.messages.values()].at(-1);
    const name = chat.id > 0 ? chat.chat.first_name : chat.chat.title;
    const about = chat.standing === "member" ? (last ? firstLine(last) : "no messages") : chat.standing;
    const count = chat.unread ? element("span", { className: "count", "aria-label": `${chat.unread} unread` }, String(chat.unread)) : null;
    const open = element("button", { type: "button", onclick: () => { show(chat); $("line").focus(); } }, element("strong", {}, name), count, element("small", {}, about));
    open.setAttribute("aria-current", String(chat === current));
    return open;
  }));
}
function showPinned(chat) {
  const message = chat.messages.get(chat.pinned);
  $("pinned").hidden = !message;
  if (message) $("pinned").lastElementChild.textContent = firstLine(message);
}
$("pinned").addEventListener("click", () => {
  const item = $(`message-${current.pinned}`);
  item?.scrollIntoView({ block: "center" });
  item?.classList.add("flash");
});
function showStanding(chat) {
  const isGroup = chat.id < 0;
  const isIn = chat.standing === "member";
  const words = { member: isGroup ? "The bot is in this group." : "The bot may write here.", blocked: "The bot is blocked.", kicked: "The bot was removed.", deactivated: "The account is deleted." };
  $("standing-now").textContent = words[chat.standing];
  $("leave").hidden = chat.standing === "deactivated";
  $("leave").textContent = isGroup ? (isIn ? "Remove the bot" : "Invite the bot") : isIn ? "Block the bot" : "Unblock the bot";
  $("leave").onclick = () => change(isGroup ? (isIn ? "kick" : "invite") : isIn ? "block" : "unblock");
  $("migrate").hidden = !(isGroup && isIn && chat.chat.type === "group");
}
const change = (what) => attempt(() => post("/chats", { chat: current.id, from: speaker(current), change: what }));
$("migrate").addEventListener("click", () => change("migrate"));

// ---- what happens ----
// A supergroup takes the place of the group that it was, and shows that group's messages before its own.
function move(old, fresh) {
  fresh.before = [...old.before, ...old.messages.values()];
  fresh.unread += old.unread;
  const order = [...chats].filter(([id]) => id !== fresh.id).map(([id, chat]) => (id === old.id ? [fresh.id, fresh] : [id, chat]));
  chats.clear();
  for (const [id, chat] of order) chats.set(id, chat);
}
function apply(event) {
  if (event.kind === "chat") {
    const id = event.chat.id;
    if (!chats.has(id) && chats.has(event.moved_to)) return; // it has moved already
    const chat = chats.get(id) ?? { id, messages: new Map(), before: [], unread: 0 };
    const as = chat === current ? $("as").value : "";
    Object.assign(chat, event, { id });
    chats.set(id, chat);
    if (chats.has(event.moved_to)) {
      const isShown = chat === current;
      move(chat, chats.get(event.moved_to));
      if (isShown) show(chats.get(event.moved_to));
    } else if (chat === current) {
      $("as").replaceChildren(...chat.people.map((person) => element("option", { value: person.id }, person.first_name)));
      if (as) $("as").value = as;
      showPinned(chat);
      showStanding(chat);
    }
  } else if (event.kind === "message") {
    const message = { ...event.message, silent: event.silent };
    const chat = chats.get(message.chat.id);
    const isNew = !chat.messages.has(message.message_id);
    if (chat === current) {
      $("log").querySelector(".empty")?.remove();
      if (isNew) add(chat, message);
      else replace(chat, message);
      stick(message.from.id === speaker(chat)?.id);
    } else if (isNew) chat.unread += 1;
    chat.messages.set(message.message_id, message);
    if (chat === current) showPinned(chat);
  } else if (event.kind === "gone") {
    const chat = chats.get(event.chat_id);
    chat.messages.delete(event.message_id);
    if (chat === current) {
      $(`message-${event.message_id}`)?.remove();
      showPinned(chat);
    }
  } else if (event.kind === "answer" && current?.id === event.chat_id) {
    for (const busy of $("log").querySelectorAll(".keys [aria-busy]")) busy.removeAttribute("aria-busy");
    if (event.text && event.show_alert) { $("alert").firstElementChild.textContent = event.text; $("alert").showModal(); }
    else if (event.text) toast(event.text);
  }
}
async function follow() {
  let since = 0;
  let isLost = false;
  for (let isFirst = true; ; isFirst = false) {
    try {
      const { next, events } = await call("GET", `/events?since=${since}&wait=${isFirst ? 0 : LONG_POLL}`);
      if (isLost) location.reload();
      since = next;
      events.forEach(apply);
      if (isFirst && !chats.size) await post("/chats", { chat: 1001, from: { id: 1001, first_name: "You" }, change: "join" });
      if (!current && chats.size) show(chats.values().next().value);
      if (events.length) showChats();
    } catch (error) {
      console.error(error);
      isLost = true;
      toast("The demo does not answer; trying again.");
      await new Promise((resolve) => setTimeout(resolve, QUICK));
    }
  }
}
