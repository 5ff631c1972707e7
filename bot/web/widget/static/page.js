// A whole page that is a chat: /c (a magic link's talk) and /demo/KEY/chat.
import { Chat } from "./chat.js";
import { paint } from "./embed.js";

const place = document.getElementById("chat");
const { workspace, bot, language, link } = place.dataset;
const base = new URL("/", location.href).href;
const own = { credentials: "same-origin", cache: "no-store", headers: { "Content-Type": "application/json" } };

// The link's secret stands behind the #, where no server and no log sees it. It is traded for a cookie at once.
async function opened() {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, "", location.pathname);
  const answer = await fetch("/c/session", { ...own, method: "POST", body: JSON.stringify(token ? { token } : {}) });
  if (!answer.ok) throw Object.assign(new Error("closed"), { status: answer.status });
  return answer.json();
}

async function begin() {
  let session = link === undefined ? null : await opened();
  const at = { workspace: session?.workspaceId || workspace, bot: session?.botId || bot };
  const query = new URLSearchParams({ workspaceId: at.workspace, botId: at.bot });
  const answer = await fetch(`/api/widget/profile?${query}`, { credentials: "omit" });
  if (!answer.ok) throw Object.assign(new Error("profile"), { status: answer.status });
  const profile = await answer.json();
  paint(document.documentElement, profile.theme);
  document.title = profile.business;
  const first = session;
  const open = session && (async () => {
    const next = session || (await opened());
    session = null;
    return next;
  });
  const chat = new Chat(place, { profile, base, ...at, language: language || first?.language, wide: true, open, key: first && `link:${first.key}` });
  chat.onlanguage = (spoken) => (document.documentElement.lang = spoken);
  document.body.classList.add("ready");
  await chat.start();
  chat.focus();
}

begin().catch((error) => {
  const gone = [401, 403, 404, 410].includes(error.status);
  document.getElementById(gone ? "gone" : "busy").hidden = false;
  document.body.classList.add("failed");
});
