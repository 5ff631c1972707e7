// What a page gets on top with scripts: one click sends once, words outlive a session, parts that stay fresh, copying,
// an invitation's code from the link.
"use strict";

// -- a second click on a button that is sending already sends nothing ----------------------------------------------
const LOST_AFTER_MS = 8000; // then the answer got lost on the way, and whoever clicks again means it
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "yes";
  setTimeout(() => delete form.dataset.sending, LOST_AFTER_MS);
  if (form.getAttribute("action") === "/console/sign-out") sessionStorage.removeItem(WORDS); else keepWords();
});

// -- what somebody typed stands there again when his session had ended, the line broke, or it was refused ------------
// Kept in this tab alone; the next page inside forgets it, whether it was put back or not.
const WORDS = "frontdesk-words";
const inside = document.body.classList.contains("inside");
const who = document.querySelector(".me a")?.textContent ?? "";
const ticked = (field) => ["checkbox", "radio"].includes(field.type);
const edited = (field) => ticked(field) ? field.checked !== field.defaultChecked
  : field.options ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected))
  : field.value !== field.defaultValue;
function fields() {
  return [...document.querySelectorAll("form[method=post] :is(input, textarea, select)[name]")]
    .filter((one) => !["hidden", "password", "file"].includes(one.type))
    .map((field) => ({ field, place: [field.form.getAttribute("action"), field.name, ticked(field) ? field.value : ""].join(" ") }));
}
function keepWords() {
  if (!inside) return; // what is typed to sign in is nobody's words
  const typed = fields().filter(({ field, place }) => edited(field) || marked.has(place)).map(({ field, place }) => [place, field.value, field.checked]);
  if (typed.length) sessionStorage.setItem(WORDS, JSON.stringify({ who, page: location.pathname, typed }));
}
const words = JSON.parse(sessionStorage.getItem(WORDS) ?? "null");
const arrival = performance.getEntriesByType("navigation")[0];
// The form itself, with what is wrong marked: what was typed stands in it as if it had always been there.
const marked = new Set(arrival?.responseStatus === 422 && words?.page === location.pathname ? words.typed.map(([place]) => place) : []);
if (words && document.querySelector("form[action='/console/sign-in']")) {
  sessionStorage.setItem(WORDS, JSON.stringify({ ...words, signedOut: true }));
} else if (words && inside) {
  sessionStorage.removeItem(WORDS);
  const cameBack = arrival?.type === "back_forward";
  const refused = document.querySelector("p.said.bad") !== null;
  if ((words.signedOut || cameBack || refused) && words.page === location.pathname && words.who === who) {
    const places = new Map(fields().map(({ field, place }) => [place, field]));
    for (const [place, value, checked] of words.typed) {
      const field = places.get(place);
      if (field) Object.assign(field, ticked(field) ? { checked } : { value });
    }
  }
}

// -- parts that live: <section data-live="events' address" data-fragment="the part's address"> -----------------
const AGAIN_AFTER_MS = 4000;
for (const part of document.querySelectorAll("[data-live]")) {
  let events;
  let fading;
  let returning;
  let waiting = false;
  let again = false;

  const refresh = async () => {
    if (waiting) { again = true; return; }
    waiting = true;
    try {
      const answer = await fetch(part.dataset.fragment, { headers: { "X-Fragment": location.pathname + location.search }, credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 404) { events.close(); keepWords(); location.reload(); return; }
      if (answer.ok) put(part, await answer.text());
      tried(answer.ok);
    } catch {
      tried(false);
    } finally {
      waiting = false;
      if (again) { again = false; refresh(); }
    }
  };

  // The stream may well live on while one fetch fails, and says nothing more until the next news.
  const tried = (worked) => {
    part.classList.toggle("stale", !worked);
    if (!worked) later();
  };
  const later = () => {
    clearTimeout(returning);
    returning = setTimeout(comeBack, AGAIN_AFTER_MS);
  };
  const comeBack = () => {
    if (document.hidden) return;
    if (events.readyState === EventSource.CLOSED) listen();
    refresh();
  };

  const listen = () => {
    events = new EventSource(part.dataset.live);
    events.addEventListener("changed", refresh);
    // A stream ends now and then and comes back by itself; only what stays away is worth a sign. After an answer that
    // is no stream (a proxy's 502, a session that is over) the browser doesn't try again: then this does.
    events.addEventListener("error", () => {
      fading ??= setTimeout(() => part.classList.add("stale"), 8000);
      if (events.readyState === EventSource.CLOSED) later();
    });
    events.addEventListener("open", () => { clearTimeout(fading); fading = undefined; part.classList.remove("stale"); });
  };
  listen();
  // A page that nobody looks at needs no stream; whoever comes back sees the newest at once.
  document.addEventListener("visibilitychange", () => {
    events.close();
    clearTimeout(returning);
    if (!document.hidden) { listen(); refresh(); }
  });
}

// Puts new HTML in, but leaves alone what somebody is reading or typing in: opened details, fields, the scroll.
function put(part, html) {
  const following = [...part.querySelectorAll("[data-follow]")].filter(atEnd);
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  // A part that is new, or gone: a first talk brings the chart, a talk that is closed takes the answer's field away.
  const parts = (root) => [...root.querySelectorAll("[data-part]")].map((one) => one.dataset.part).join();
  if (parts(part) !== parts(fresh.content) && ![...part.querySelectorAll("[data-part]")].some(isInUse)) {
    part.replaceChildren(fresh.content);
    showCopying(part);
    if (following.length) part.querySelectorAll("[data-follow]").forEach(toEnd);
    return;
  }
  for (const next of fresh.content.querySelectorAll("[data-part]")) {
    const old = part.querySelector(`[data-part="${next.dataset.part}"]`);
    if (!old) continue;
    const shell = old.cloneNode(false).isEqualNode(next.cloneNode(false));
    if (shell && old.innerHTML === next.innerHTML) continue;
    if (isInUse(old)) continue;
    for (const item of next.querySelectorAll("[data-key]")) {
      const was = old.querySelector(`[data-key="${CSS.escape(item.dataset.key)}"]`);
      if (!was) { item.classList.add("fresh"); continue; }
      was.querySelectorAll("details").forEach((one, index) => {
        const same = item.querySelectorAll("details")[index];
        if (same) same.open = one.open;
      });
    }
    // What is read out loud stays the same element; what was hidden, or is from now on, is another.
    if (shell) old.replaceChildren(...next.childNodes); else old.replaceWith(next);
  }
  showCopying(part);
  following.forEach(toEnd);
}

// Somebody is typing there, or has typed something that isn't sent.
function isInUse(part) {
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea, select")];
  return fields.some((field) => field === document.activeElement || edited(field));
}

// -- a talk is read from its end, and stays there while somebody reads along -------------------------------------
function atEnd(pane) { return pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 40; }
function toEnd(pane) { pane.scrollTop = pane.scrollHeight; }
for (const pane of document.querySelectorAll("[data-follow]")) {
  if (!new URLSearchParams(location.search).has("before")) toEnd(pane);
}

// -- copying: without scripts there are no buttons, the text can be selected ----------------------------------------
function showCopying(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}
showCopying(document);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.textContent;
  if (words === "Copied") return;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = words; }, 1500);
});

// -- an open question or menu closes with Escape ---------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.confirm[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

// -- an invitation's code stands behind the #, which no server sees ----------------------------------------------
const code = document.querySelector("[data-from-fragment]");
if (code && location.hash.length > 1 && !code.value) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}

// -- sends with Ctrl+Enter, as people expect of a message field ---------------------------------------------------
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.target.matches("textarea[data-send]")) event.target.form.requestSubmit();
});
