// Elements made by hand: nothing is ever parsed as HTML, so no text can become a tag, on any page's policy.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M12 3C6.5 3 2 6.8 2 11.5c0 2.4 1.2 4.6 3.2 6.1-.1 1.1-.5 2.3-1.4 3.4 1.9-.2 3.6-.9 4.9-1.7 1 .3 2.1.4 3.3.4 5.5 0 10-3.7 10-8.3S17.5 3 12 3z",
  down: "M6 9l6 6 6-6", close: "M6 6l12 12M18 6L6 18", send: "M12 19V6M6 11l6-6 6 6", info: "M12 11v6M12 7.5v.01M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0",
  up: "M7 11v9H4v-9zM7 11l4-8c1.5 0 2.5 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.1 7A2 2 0 0 1 18 20H7",
  check: "M5 12.5l4.5 4.5L19 7.5", out: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
};

// h("button.send", {type: "submit", onclick: f}, "text", child, …): text is text, null children are left out.
export function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat(9).filter((child) => child != null && child !== false));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  svg.classList.add("icon", `i-${name}`);
  return svg;
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export const safeUrl = (url) => (typeof url === "string" && /^https?:\/\/[^\s]+$/i.test(url) ? url : null);

// Addresses in a text become links; everything else stays as it is written.
export function words(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"]+/g)) {
    const url = found[0].replace(/[.,;:!?)\]}»”'،؟]+$/, "");
    parts.push(text.slice(from, found.index), outside(url, url));
    from = found.index + url.length;
  }
  return [...parts, text.slice(from)];
}

export function outside(url, label, kind = "a") {
  return h(kind, { href: safeUrl(url), target: "_blank", rel: "noopener noreferrer" }, label);
}

// One of our scripts, with those that it needs. What import() could not load once it never asks for again, so all are
// fetched before.
export async function load(name, ...needed) {
  const [url] = await Promise.all([name, ...needed].map(async (one) => {
    const { url, ok } = await fetch(new URL(one, import.meta.url), { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!ok) throw new Error(`${one} is missing`);
    return url;
  }));
  return import(url);
}

// Memory of the browser, where a page may have one.
export const memory = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  all(prefix) {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map(memory.get).filter(Boolean); } catch { return []; }
  },
  set(key, value) {
    try { value == null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value)); } catch { /* private window */ }
  },
};
