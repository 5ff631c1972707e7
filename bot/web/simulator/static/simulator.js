// The phone in the browser. It shows what the server read from the provider's send API, and posts what the
// customer does; the server signs that as the provider would. Everything is set as text, never as HTML.

const $ = (id) => document.getElementById(id);
const body = document.body;
const lines = JSON.parse(body.dataset.lines);
const token = body.dataset.token;
const narrow = matchMedia("(max-width: 760px)");
const TICKS = { accepted: "✓", queued: "✓", sent: "✓", delivered: "✓✓", read: "✓✓" };
const STATUS_WORDS = {
  accepted: "accepted", queued: "queued", sent: "sent", delivered: "delivered", read: "read", failed: "not delivered",
  undelivered: "not delivered", sending: "sending",
};
const SURFACE_NAMES = { whatsapp: "WhatsApp", sms: "SMS", web: "Web" };
const KINDS = {
  image: ["🖼️", "Photo"], voice: ["🎤", "Voice note"], sticker: ["🌷", "Sticker"], pin: ["📍", "Location"],
};
const ON_SURFACE = { whatsapp: ["pin", "image", "voice", "sticker"], sms: ["image"], web: ["pin"] };

let talk = null; // the open chat: {line, from, name, after, shown, busy, stop, lastDay}

// -- small helpers ----------------------------------------------------------------------------------------

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const time = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// http(s) addresses become links; *words* are bold on WhatsApp, as there.
function words(text, surface) {
  const line = element("div", "text");
  line.dir = "auto";
  const pattern = surface === "whatsapp" ? /(https?:\/\/[^\s<>"]+)|\*([^\s*](?:[^*\n]*[^\s*])?)\*/g : /(https?:\/\/[^\s<>"]+)/g;
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    line.append(text.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[2] !== undefined) {
      line.append(element("strong", "", found[2]));
      continue;
    }
    const url = found[1].replace(/[.,;:!?)\]}»”']+$/, "");
    line.append(link(url, url), found[1].slice(url.length));
  }
  line.append(text.slice(from));
  return line;
}

function link(url, label, className = "") {
  const made = element("a", className, label);
  if (/^https?:\/\//i.test(url)) made.href = url;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

async function call(path, options = {}) {
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error || `The server answered ${answer.status}.`);
  return found;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// -- what this phone itself remembers: its own messages, and from where on it shows the others ------------

const memoryKey = () => `simulator:${talk.line.id}:${talk.from}`;

function remembered() {
  try {
    return { own: [], cleared: 0, ...JSON.parse(localStorage.getItem(memoryKey()) || "{}") };
  } catch {
    return { own: [], cleared: 0 };
  }
}

function remember(memory) {
  try {
    localStorage.setItem(memoryKey(), JSON.stringify({ ...memory, own: memory.own.slice(-200) }));
  } catch {
    // A full or forbidden storage only costs the own bubbles after a reload.
  }
}

// -- drawing ----------------------------------------------------------------------------------------------

function place(message, at) {
  const screen = $("screen");
  const moment = new Date(at).getTime();
  const later = [...screen.querySelectorAll(".message")].find((one) => Number(one.dataset.at) > moment);
  message.dataset.at = moment;
  if (later) {
    screen.insertBefore(message, later);
  } else {
    const day = new Date(at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
    if (day !== talk.lastDay) screen.insertBefore(element("div", "day", day), typingSign());
    talk.lastDay = day;
    screen.insertBefore(message, typingSign());
  }
  scrollDown();
}

function scrollDown() {
  const screen = $("screen");
  screen.scrollTop = screen.scrollHeight;
}

function typingSign() {
  return document.querySelector(".typing");
}

function drawOwn(own) {
  const message = element("article", "message mine");
  const bubble = element("div", "bubble");
  if (KINDS[own.kind]) {
    bubble.append(element("div", "media", KINDS[own.kind][0]), words(own.text || KINDS[own.kind][1], talk.line.surface));
  } else {
    bubble.append(words(own.text, talk.line.surface));
  }
  const meta = element("div", "meta");
  meta.append(element("time", "", time(own.at)));
  if (talk.line.surface === "whatsapp") meta.append(ticks("delivered"));
  bubble.append(meta);
  message.append(bubble);
  message.setAttribute("aria-label", "You");
  place(message, own.at);
}

function ticks(status) {
  const made = element("span", `ticks ${status}`, TICKS[status] || "");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", STATUS_WORDS[status] || status);
  return made;
}

function drawBubble(item) {
  const message = element("article", "message theirs");
  message.dataset.id = item.id;
  message.setAttribute("aria-label", talk.line.name);
  const bubble = element("div", "bubble");
  if (item.text) bubble.append(words(item.text, talk.line.surface));
  if (item.card) bubble.append(card(item.card));
  const meta = element("div", "meta");
  bubble.append(meta);
  message.append(bubble);
  drawStatus(meta, item);
  message.append(...options(item));
  place(message, item.at);
}

function drawStatus(meta, item) {
  const failed = item.status === "failed" || item.status === "undelivered";
  meta.classList.toggle("failed", failed);
  meta.replaceChildren(element("time", "", time(item.at)));
  if (failed) {
    meta.append(`✗ ${STATUS_WORDS[item.status]}${item.error ? `: ${item.error}` : ""}`);
  } else if (talk.line.surface !== "web") {
    meta.append(ticks(item.status));
  }
  meta.title = STATUS_WORDS[item.status] || item.status;
}

function card(data) {
  const made = element("section", "card");
  const title = element("h4", "", data.title);
  title.dir = "auto";
  const list = element("dl");
  for (const row of data.rows) {
    const value = element("dd", "", row.value);
    value.dir = "auto";
    list.append(element("dt", "", row.label), value);
  }
  made.append(title, list);
  return made;
}

// What can be tapped under a message: a list's opener, buttons, links, the request for a location.
function options(item) {
  const group = element("div", "options");
  const isList = item.choices.some((choice) => choice.form === "row");
  if (isList) {
    const opener = option(item.listLabel || "Choose", "list", () => openSheet(item));
    opener.setAttribute("aria-haspopup", "dialog");
    group.append(opener);
  } else if (talk.line.surface === "web") {
    group.classList.add("wrap");
    webChoices(group, item);
  } else {
    for (const choice of item.choices) group.append(option(choice.title, "", () => tap(item, choice)));
  }
  for (const target of item.links) {
    if (item.text.includes(target.url)) continue;
    const made = link(target.url, target.label || target.url, "option link");
    made.dir = "auto";
    group.append(made);
  }
  if (item.asksLocation && ON_SURFACE[talk.line.surface].includes("pin")) {
    group.append(option("Send location", "pin", openPlace));
  }
  return group.childElementCount ? [group] : [];
}

function webChoices(group, item) {
  let section = "";
  for (const choice of item.choices) {
    if (choice.section && choice.section !== section) group.append(element("h4", "", choice.section));
    section = choice.section;
    const made = option(choice.title, choice.id.startsWith("finalize:") ? "main" : "", () => tap(item, choice));
    if (choice.description) made.append(element("small", "", choice.description));
    group.append(made);
  }
}

function option(title, className, onclick) {
  const made = element("button", `option ${className}`, title);
  made.type = "button";
  made.dir = "auto";
  made.addEventListener("click", onclick);
  return made;
}

function notice(text, bad = false) {
  $("screen").insertBefore(element("div", bad ? "system bad" : "system", text), typingSign());
  scrollDown();
}

function setBusy(busy) {
  talk.busy = busy;
  typingSign().hidden = !busy;
  $("presence").textContent = busy ? "typing…" : talk.line.surface === "sms" ? talk.line.address : "online";
  if (busy) scrollDown();
}

// -- sheets: dialogs inside the phone, the rest of the page out of reach while one is open ----------------

function openDialog(dialog) {
  const others = [...document.querySelectorAll(".desk, .bar, .screen, .composer")];
  const before = document.activeElement;
  for (const other of others) other.inert = true;
  dialog.returnValue = "";
  dialog.show();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        for (const other of others) other.inert = false;
        before?.focus();
        resolve(dialog.returnValue === "send");
      },
      { once: true },
    );
  });
}

async function openSheet(item) {
  const rows = $("sheet-rows");
  $("sheet-title").textContent = item.listLabel || "Choose";
  $("sheet-send").disabled = true;
  rows.replaceChildren();
  let section = "";
  item.choices.forEach((choice, index) => {
    if (choice.section && choice.section !== section) rows.append(element("h4", "", choice.section));
    section = choice.section;
    const label = element("label");
    const title = element("span");
    title.dir = "auto";
    title.append(element("b", "", choice.title));
    if (choice.description) title.append(element("small", "", choice.description));
    const radio = element("input");
    radio.type = "radio";
    radio.name = "choice";
    radio.value = index;
    radio.autofocus = index === 0;
    radio.addEventListener("change", () => ($("sheet-send").disabled = false));
    label.append(title, radio);
    rows.append(label);
  });
  if (!(await openDialog($("sheet")))) return;
  const chosen = new FormData($("sheet-form")).get("choice");
  if (chosen !== null) await tap(item, item.choices[Number(chosen)]);
}

async function openPlace() {
  if (!(await openDialog($("place")))) return;
  const [latitude, longitude] = [$("latitude").valueAsNumber, $("longitude").valueAsNumber];
  await send({ kind: "pin", latitude, longitude }, `${latitude}, ${longitude}`);
}

// -- talking ----------------------------------------------------------------------------------------------

const tap = (item, choice) =>
  send(
    {
      kind: "tap",
      reply_to: item.id,
      choice: { id: choice.id, title: choice.title, description: choice.description, form: choice.form },
    },
    choice.title,
  );

async function send(act, shown) {
  const mine = talk;
  try {
    const done = await call("/simulator/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Simulator-Token": token },
      body: JSON.stringify({ line: mine.line.id, from: mine.from, name: mine.name, act }),
    });
    if (mine !== talk) return true;
    const own = { kind: act.kind, text: shown, at: done.at };
    const memory = remembered();
    memory.own.push(own);
    remember(memory);
    drawOwn(own);
    return true;
  } catch (error) {
    if (mine === talk) notice(error.message, true);
    return false;
  }
}

async function listen(mine) {
  let troubled = false;
  while (mine === talk) {
    const query = new URLSearchParams({
      line: mine.line.id, from: mine.from, after: mine.after, busy: mine.busy ? "1" : "0",
    });
    try {
      const found = await call(`/simulator/messages?${query}`, { signal: mine.stop.signal });
      if (mine !== talk) return;
      if (troubled) notice("Connected again.");
      troubled = false;
      take(found);
    } catch (error) {
      if (mine !== talk) return;
      if (!troubled) notice(error.message, true);
      troubled = true;
      await pause(1500);
    }
  }
}

function take(found) {
  if (found.next < talk.cleared) talk.cleared = 0; // the sandbox was emptied
  for (const item of found.bubbles) {
    talk.shown.set(item.id, item);
    drawBubble(item);
  }
  for (const { id, status } of found.statuses) {
    const item = talk.shown.get(id);
    const meta = document.querySelector(`[data-id="${CSS.escape(id)}"] .meta`);
    if (item && meta) drawStatus(meta, Object.assign(item, { status }));
  }
  talk.after = found.next;
  setBusy(found.busy);
}

function open(line, from, name) {
  talk?.stop.abort();
  talk = { line, from, name, after: 0, shown: new Map(), busy: false, stop: new AbortController(), lastDay: "" };
  const memory = remembered();
  talk.after = talk.cleared = memory.cleared;
  body.dataset.surface = line.surface;
  body.dataset.line = line.id;
  $("title").textContent = line.name;
  $("avatar").textContent = [...line.name][0] || "";
  $("badge").textContent = SURFACE_NAMES[line.surface];
  $("picked").textContent = `${from} → ${line.name}, ${SURFACE_NAMES[line.surface]}`;
  const typing = element("div", "typing");
  typing.setAttribute("aria-hidden", "true");
  typing.append(element("i"), element("i"), element("i"));
  $("screen").replaceChildren(typing);
  for (const own of memory.own) drawOwn(own);
  for (const button of $("menu").children) button.hidden = !ON_SURFACE[line.surface].includes(button.dataset.act);
  setBusy(false);
  const query = new URLSearchParams({ workspace: line.workspace, channel: line.surface, from });
  if (name) query.set("name", name);
  history.replaceState(null, "", `?${query}`);
  listen(talk);
}

// -- the desk ---------------------------------------------------------------------------------------------

const surface = () => document.querySelector("input[name=channel]:checked")?.value;

function offerChannels() {
  const offered = lines.filter((line) => line.workspace === $("workspace").value).map((line) => line.surface);
  for (const radio of document.querySelectorAll("input[name=channel]")) {
    radio.disabled = !offered.includes(radio.value);
    if (radio.disabled) radio.checked = false;
  }
  if (!surface()) document.querySelector("input[name=channel]:not(:disabled)")?.click();
}

function openChosen() {
  const wanted = lines.find((line) => line.workspace === $("workspace").value && line.surface === surface());
  const from = $("number").value.trim();
  if (wanted && from) open(wanted, from, $("name").value.trim());
}

function setUp() {
  narrow.addEventListener("change", () => ($("picker").open = !narrow.matches));
  $("picker").open = !narrow.matches;
  $("workspace").addEventListener("change", () => (offerChannels(), openChosen()));
  $("channels").addEventListener("change", openChosen);
  $("who").addEventListener("submit", (event) => {
    event.preventDefault();
    openChosen();
    if (narrow.matches) $("picker").open = false;
    $("text").focus();
  });
  $("clear").addEventListener("click", () => {
    if (!talk) return;
    remember({ own: [], cleared: talk.after });
    open(talk.line, talk.from, talk.name);
  });
  $("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("text").value;
    if (!talk || !text.trim()) return;
    $("text").value = "";
    if (!(await send({ kind: "text", text }, text))) $("text").value = text;
  });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("composer").requestSubmit();
    }
  });
  const toggleMenu = (shown) => {
    $("menu").hidden = !shown;
    $("plus").setAttribute("aria-expanded", String(shown));
  };
  $("plus").addEventListener("click", () => toggleMenu($("menu").hidden));
  document.addEventListener("click", (event) => $("attach").contains(event.target) || toggleMenu(false));
  $("menu").addEventListener("click", (event) => {
    const kind = event.target.dataset.act;
    if (!kind || !talk) return;
    toggleMenu(false);
    if (kind === "pin") openPlace();
    else send({ kind }, "");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggleMenu(false);
    document.querySelector("dialog[open]")?.close("");
  });
  document.querySelector(".phone").addEventListener("click", (event) => {
    const beside = event.target === event.currentTarget;
    if (beside || event.target.closest(".close")) document.querySelector("dialog[open]")?.close("");
  });
  offerChannels();
  if (lines.length) openChosen();
  else $("composer").setAttribute("aria-disabled", "true");
}

setUp();
