// What a page gets on top with scripts: parts that stay fresh, copying, an invitation's code from the link.
"use strict";

// -- parts that live: <section data-live="events' address" data-fragment="the part's address"> -----------------
for (const part of document.querySelectorAll("[data-live]")) {
  let events;
  let fading;
  let waiting = false;
  let again = false;

  const refresh = async () => {
    if (waiting) { again = true; return; }
    waiting = true;
    try {
      const answer = await fetch(part.dataset.fragment, { headers: { "X-Fragment": location.pathname + location.search }, credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 404) { events.close(); location.reload(); return; }
      if (answer.ok) put(part, await answer.text());
      part.classList.toggle("stale", !answer.ok);
    } catch {
      part.classList.add("stale"); // the stream connects again by itself, and then this is tried again
    } finally {
      waiting = false;
      if (again) { again = false; refresh(); }
    }
  };

  const listen = () => {
    events = new EventSource(part.dataset.live);
    events.addEventListener("changed", refresh);
    // A stream ends now and then and comes back by itself; only what stays away is worth a sign.
    events.addEventListener("error", () => { fading ??= setTimeout(() => part.classList.add("stale"), 8000); });
    events.addEventListener("open", () => { clearTimeout(fading); fading = undefined; part.classList.remove("stale"); });
  };
  listen();
  // A page that nobody looks at needs no stream; whoever comes back sees the newest at once.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { events.close(); } else { listen(); refresh(); }
  });
}

// Puts new HTML in, but leaves alone what somebody is reading or typing in: opened details, fields, the scroll.
function put(part, html) {
  const following = [...part.querySelectorAll("[data-follow]")].filter(atEnd);
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const next of fresh.content.querySelectorAll("[data-part]")) {
    const old = part.querySelector(`[data-part="${next.dataset.part}"]`);
    if (!old || old.innerHTML === next.innerHTML) continue;
    if (old.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    for (const item of next.querySelectorAll("[data-key]")) {
      const was = old.querySelector(`[data-key="${CSS.escape(item.dataset.key)}"]`);
      if (!was) { item.classList.add("fresh"); continue; }
      was.querySelectorAll("details").forEach((one, index) => {
        const same = item.querySelectorAll("details")[index];
        if (same) same.open = one.open;
      });
    }
    old.replaceChildren(...next.childNodes);
  }
  following.forEach(toEnd);
}

// -- a talk is read from its end, and stays there while somebody reads along -------------------------------------
function atEnd(pane) { return pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 40; }
function toEnd(pane) { pane.scrollTop = pane.scrollHeight; }
for (const pane of document.querySelectorAll("[data-follow]")) {
  if (!new URLSearchParams(location.search).has("before")) toEnd(pane);
}

// -- copying ---------------------------------------------------------------------------------------------------
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = words; }, 1500);
  });
}

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
for (const field of document.querySelectorAll("textarea[data-send]")) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
  });
}
