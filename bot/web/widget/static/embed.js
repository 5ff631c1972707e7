// The round button in the corner of somebody's page and the window that it opens, in a shadow of their own: the
// page's styles don't reach in, ours don't reach out.
import { h, icon } from "./dom.js";

export async function start({ base, workspace, bot, language, side, scheme }) {
  if (document.querySelector(`frontdesk-chat[data-bot="${CSS.escape(`${workspace}:${bot}`)}"]`)) return;
  const host = h("frontdesk-chat", { "data-bot": `${workspace}:${bot}` });
  const get = async (path) => {
    const answer = await fetch(new URL(path, base), { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(`${path.split("?")[0]} answered ${answer.status}`);
    return answer;
  };
  const query = new URLSearchParams({ workspaceId: workspace, botId: bot });
  const [profile, css] = await Promise.all([
    get(`api/widget/profile?${query}`).then((answer) => answer.json()),
    get("widget/chat.css").then((answer) => answer.text()),
  ]);
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  paint(host, profile.theme, scheme);
  host.classList.toggle("left", side === "left");

  const say = profile.words[profile.languages.find((one) => one === (language || navigator.language.slice(0, 2))) || profile.languages[0]];
  const badge = h("span.badge", { hidden: true });
  const button = h("button.launch", { type: "button", "aria-expanded": "false", "aria-label": say.open, onclick: () => show() }, icon("chat"), icon("down"), badge);
  const frame = h("div.window", { role: "dialog", "aria-label": say.open, hidden: true });
  shadow.append(frame, button);
  let chat;

  async function show(open = frame.hidden) {
    frame.hidden = !open;
    button.setAttribute("aria-expanded", open);
    button.setAttribute("aria-label", open ? say.close : say.open);
    host.classList.toggle("open", open);
    if (!open) return button.focus();
    if (!chat) {
      const { Chat } = await import("./chat.js");
      const onunread = (count) => {
        if (!frame.hidden) chat.unread = count = 0;
        badge.hidden = !count;
        badge.textContent = count;
      };
      chat = new Chat(frame, { profile, base, workspace, bot, language, onunread, onclose: () => show(false) });
      chat.start();
    }
    return chat.focus();
  }

  shadow.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page's own shortcuts aren't meant
    if (event.key === "Escape" && !frame.hidden) show(false);
  });
  document.addEventListener("click", (event) => {
    const opener = event.composedPath().find((one) => one.hasAttribute?.("data-frontdesk-open"));
    if (!opener) return;
    event.preventDefault();
    show(true);
  });
  document.body.append(host);
}

// A business's colors, and the same made readable as ink on white and on black.
export function paint(element, { color, text, ink, inkDark }, scheme) {
  const set = (name, value) => element.style.setProperty(`--fd-${name}`, value);
  set("color", color);
  set("on", text);
  set("ink-light", ink);
  set("ink-dark", inkDark);
  if (scheme === "light" || scheme === "dark") element.style.colorScheme = `only ${scheme}`;
}
