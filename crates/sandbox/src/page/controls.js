// ---- writing ----
function say(text) {
  return attempt(() => post("/say", { chat: current.id, from: speaker(current), text }));
}
$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("line").value.trim();
  if (!text || !current) return;
  $("line").value = "";
  closeCommands();
  say(text);
});
$("as").addEventListener("change", () => { showLog(current); offerCommands(); });

let offered = [];
let chosen = -1;
const isCommand = () => document.activeElement === $("line") && /^\/\S*$/.test($("line").value);
async function offerCommands() {
  if (!current) return;
  const person = speaker(current)?.id ?? 0;
  offered = await call("GET", `/commands?chat=${current.id}&person=${person}`).catch(() => []);
  if (isCommand()) showCommands();
}
function showCommands() {
  const typed = $("line").value.slice(1);
  const matching = offered.filter(({ command }) => command.startsWith(typed));
  $("commands").replaceChildren(...matching.map(({ command, description }, at) => {
    const item = element("li", { role: "option", id: `command-${at}` }, element("b", {}, "/" + command), description);
    item.setAttribute("aria-selected", String(at === chosen));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(command); });
    return item;
  }));
  const isOpen = matching.length > 0;
  $("commands").hidden = !isOpen;
  for (const id of ["line", "list"]) $(id).setAttribute("aria-expanded", String(isOpen));
  if (chosen >= 0) $("line").setAttribute("aria-activedescendant", `command-${chosen}`);
  else $("line").removeAttribute("aria-activedescendant");
  $("commands").children[chosen]?.scrollIntoView({ block: "nearest" });
}
function closeCommands() {
  chosen = -1;
  $("commands").hidden = true;
  $("line").removeAttribute("aria-activedescendant");
  for (const id of ["line", "list"]) $(id).setAttribute("aria-expanded", "false");
}
function choose(command) {
  $("line").value = `/${command} `;
  closeCommands();
  $("line").focus();
}
$("list").addEventListener("click", async () => {
  if (!$("commands").hidden) { closeCommands(); return; }
  await offerCommands();
  $("line").value = "/";
  $("line").focus();
  showCommands();
});
$("line").addEventListener("input", async () => {
  chosen = -1;
  if (!isCommand()) { closeCommands(); return; }
  if (!offered.length) await offerCommands();
  showCommands();
});
$("line").addEventListener("blur", closeCommands);
$("line").addEventListener("keydown", (event) => {
  const items = $("commands").children;
  if (event.key === "Escape") closeCommands();
  if ($("commands").hidden || !items.length) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1;
    chosen = (chosen + step + items.length) % items.length;
    showCommands();
    event.preventDefault();
  } else if (event.key === "Enter" && chosen >= 0) {
    choose(items[chosen].firstElementChild.textContent.slice(1));
    event.preventDefault();
  }
});

// ---- the panel ----
let faults = [];
const FAULTS = { api: { half: "partner", status: 503, message: "The service is down" }, telegram: { half: "telegram", status: 502 } };
const isTotal = (fault, half) => fault.half === half && !fault.operation && !fault.path && !fault.chat;
async function look() {
  const [clock, active] = await Promise.all([call("GET", "/clock"), call("GET", "/faults")]);
  const now = new Date(clock.now);
  const date = element("span", {}, shown(now, { day: "numeric", month: "short" }) + " ");
  $("now").replaceChildren(shown(now, { weekday: "short" }) + " ", date, clockTime(now));
  $("pace").textContent = (clock.paused ? "Paused." : `It runs ${clock.speed}× as fast as yours.`) + " Times are Kolkata's.";
  isPaused = clock.paused;
  $("pause").textContent = clock.paused ? "Run" : "Pause";
  $("pause").onclick = () => attempt(() => post("/clock", { paused: !clock.paused }).then(look));
  // A bot that has just started names its commands after the page is there.
  if (!offered.length) offerCommands();
  faults = active;
  for (const [id, { half }] of Object.entries(FAULTS)) {
    const isDown = faults.some((fault) => isTotal(fault, half));
    $(id).setAttribute("aria-pressed", String(isDown));
    $(id).textContent = (id === "api" ? "API" : "Telegram") + (isDown ? " back" : " down");
  }
  $("faults").textContent = faults.length ? `${faults.length} in force.` : "Both services answer.";
}
for (const [id, fault] of Object.entries(FAULTS)) {
  $(id).addEventListener("click", () => attempt(async () => {
    const active = faults.filter((other) => isTotal(other, fault.half));
    if (active.length) await Promise.all(active.map((other) => call("DELETE", `/faults/${other.id}`)));
    else await post("/faults", fault);
    await look();
  }));
}
$("poll").addEventListener("click", () => attempt(() => post("/clock", { advance: "5m" }).then(look)));
$("hour").addEventListener("click", () => attempt(() => post("/clock", { advance: "1h" }).then(look)));
$("day").addEventListener("click", () => attempt(async () => {
  const { now } = await call("GET", "/clock");
  const next = new Date(now);
  next.setUTCHours(3, 30, 0, 0); // nine in the morning in Kolkata
  if (next <= new Date(now)) next.setUTCDate(next.getUTCDate() + 1);
  await post("/clock", { set: next.toISOString() });
  await look();
}));
let isPaused = false;
async function listWallets() {
  const [rows, partner] = await Promise.all([call("GET", "/wallets"), call("GET", "/wallet")]);
  const chosenOne = $("customer").value;
  rows.sort((one, other) => Number(one.balance) - Number(other.balance) || one.name.localeCompare(other.name));
  const money = ({ balance, currency = "INR" }) => Number(balance).toLocaleString("en-IN", { style: "currency", currency, maximumFractionDigits: 0 });
  const options = [{ ...partner, name: "your own wallet" }, ...rows].map((row) => element("option", { value: row.auth_id }, `${money(row)} · ${row.name}`));
  $("customer").replaceChildren(...options);
  const watched = rows.find(({ balance }) => Number(balance) > 2000);
  $("customer").value = chosenOne || watched?.auth_id || rows[0]?.auth_id || "";
}
function pay(change, done, then) {
  const auth_id = $("customer").value;
  return attempt(async () => {
    await post("/wallet", { auth_id, ...change });
    await listWallets();
    toast(`${done} ${isPaused ? "The clock is paused: press Next poll twice." : then}`);
  });
}
$("drain").addEventListener("click", () => pay({ balance: "12.50" }, "Drained to ₹12.50.", "The bot sends an alert after two polls."));
$("fill").addEventListener("click", () => pay({ top_up: "10000" }, "Topped up by ₹10,000.", "The bot sees it at the next poll."));
// The list stays as it is while somebody chooses from it.
setInterval(() => { if (!document.hidden && document.activeElement !== $("customer")) listWallets().catch(() => {}); }, 3 * QUICK);
function openPanel(isOpen) {
  $("panel").classList.toggle("open", isOpen);
  $("controls").setAttribute("aria-expanded", String(isOpen));
  $(isOpen ? "day" : "controls").focus();
}
$("controls").addEventListener("click", () => openPanel(!$("panel").classList.contains("open")));
$("panel").addEventListener("keydown", (event) => { if (event.key === "Escape" && $("panel").classList.contains("open")) openPanel(false); });

// ---- the theme ----
const dark = matchMedia("(prefers-color-scheme: dark)");
const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  $("theme").setAttribute("aria-pressed", String((name ?? (dark.matches ? "dark" : "light")) === "dark"));
}
$("theme").addEventListener("click", () => {
  const name = $("theme").getAttribute("aria-pressed") === "true" ? "light" : "dark";
  try { localStorage.setItem("theme", name); } catch { /* it is forgotten with the page, then */ }
  theme(name);
});
dark.addEventListener("change", () => theme(remembered()));

theme(remembered());
follow();
attempt(listWallets);
attempt(look);
setInterval(() => { if (!document.hidden) look().catch(() => {}); }, QUICK);
