// The round button in the corner of somebody's page and the window that it opens, in a shadow of their own: the
// page's styles don't reach in, ours don't reach out.
import { fill, h, icon, load } from "./dom.js";

export async function start({ base, workspace, bot, language, side, scheme }) {
  if (document.querySelector(`frontdesk-chat[data-bot="${CSS.escape(`${workspace}:${bot}`)}"]`)) return;
  const host = h("frontdesk-chat", { "data-bot": `${workspace}:${bot}` });
  const get = async (path) => {
    const answer = await fetch(new URL(path, base), { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(`${path.split("?")[0]} answered ${answer.status}`);
    return answer;
  };
  const query = new URLSearchParams({ workspaceId: workspace, botId: bot });
  const style = async (name) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await (await get(`widget/${name}.css`)).text());
    return sheet;
  };
  const [profile, looks] = await Promise.all([
    get(`api/widget/profile?${query}`).then((answer) => answer.json()),
    style("launch"),
  ]);
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [looks];
  paint(host, profile.theme, scheme);
  host.classList.toggle("left", side === "left");

  const say = profile.words[profile.languages.find((one) => one === (language || navigator.language.slice(0, 2))) || profile.languages[0]];
  const badge = h("span.badge", { hidden: true });
  const button = h("button.launch", { type: "button", "aria-expanded": "false", "aria-label": say.open, onclick: () => show() }, icon("chat"), icon("down"), badge);
  const frame = h("div.window", { role: "dialog", "aria-label": fill(say.title, profile), hidden: true });
  shadow.append(frame, button);
  let chat;

  async function show(open = frame.hidden) {
    frame.hidden = !open;
    button.setAttribute("aria-expanded", open);
    button.setAttribute("aria-label", open ? say.close : say.open);
    host.classList.toggle("open", open);
    if (!open) return button.focus();
    if (!chat) {
      tell("status", say.loading);
      try {
        await begin();
      } catch (error) {
        console.warn("Frontdesk chat:", error.message);
        return tell("alert", say.cannot, " ", h("button", { type: "button", onclick: () => show(true) }, say.again));
      }
    }
    return frame.hidden || chat.focus();
  }

  // While there is no chat in the window. On a phone it hides the round button, so it needs a way out.
  function tell(role, ...what) {
    frame.dir = say.direction;
    const close = h("button", { type: "button", "aria-label": say.close, onclick: () => show(false) }, icon("close"));
    frame.replaceChildren(h("p", {}, close), h("p", { role }, what));
  }

  // What the chat itself needs is loaded when it is wanted first.
  async function begin() {
    const [{ Chat }, more] = await Promise.all([load("chat.js", "talk.js", "view.js"), style("chat")]);
    if (!chat) { // a second click may have been faster
      shadow.adoptedStyleSheets = [looks, more];
      const onunread = (count) => {
        if (!frame.hidden) chat.unread = count = 0;
        badge.hidden = !count;
        badge.textContent = count;
      };
      chat = new Chat(frame, { profile, base, workspace, bot, language, onunread, onclose: () => show(false) });
      chat.start();
    }
  }

  // The page's own shortcuts aren't meant.
  for (const type of ["keydown", "keypress", "keyup"]) shadow.addEventListener(type, (event) => event.stopPropagation());
  shadow.addEventListener("keydown", (event) => {
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
  if (scheme === "light" || scheme === "dark") set("scheme", `only ${scheme}`);
}
