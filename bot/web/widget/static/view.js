// A message as it looks: bubble, choices, summary card, booking buttons and what became of them.
import { fill, h, icon, outside, safeUrl, words } from "./dom.js";

const FEW = 6; // choices that stand openly; more fold and can be searched

export class View {
  // at: {say: words of the page's language, choose(choice), locate(place), finalize(action), renew(message), rate(what), grew()}
  constructor(at) {
    this.at = at;
  }

  mine(text, state) {
    return h(`div.row.mine${state ? `.${state}` : ""}`, {}, h("span.unseen", {}, this.at.say.you), h("div.bubble", { dir: "auto" }, h("p", {}, words(text))));
  }

  theirs(message) {
    const [before, after] = this.beside(message);
    const bubble = (text) => text && h("div.bubble", { dir: "auto", lang: message.language }, h("p", {}, words(text)));
    const by = message.by === "team" && h("p.by", {}, this.at.say.team);
    const parts = [by, bubble(before), message.card && this.card(message.card), bubble(after)];
    return h("div.row.theirs", { lang: message.language }, h("div.stack", {}, parts));
  }

  // A card says again what a paragraph of the text says line by line: the card stands in that paragraph's place.
  beside({ assistantMessage: text = "", card }) {
    if (!card) return [text.trim(), ""];
    const plain = (line) => line.replace(/[\u200e\u200f\u2066-\u2069]/g, "");
    const values = card.rows.map((row) => plain(row.value)).filter((value) => value.length > 1);
    const told = (line) => line.startsWith("•") || values.some((value) => plain(line).includes(value));
    const parts = text.split(/\n{2,}/);
    const at = parts.findIndex((part) => part.split("\n").filter(told).length > 1);
    if (at < 0) return [text.trim(), ""];
    const rest = parts[at].split("\n").filter((line) => !told(line));
    const joined = (some) => some.filter(Boolean).join("\n\n").trim();
    return [joined([...parts.slice(0, at), rest.join("\n")]), joined(parts.slice(at + 1))];
  }

  card({ title, rows }) {
    const shown = rows.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, h("bdi", {}, value))));
    return h("section.card", { "aria-label": title }, title && h("p.heading", {}, title), h("dl", {}, shown));
  }

  // What may be tapped under the newest message.
  options(message) {
    const { say } = this.at;
    const actions = (message.actions || []).filter((one) => one.type === "BOOKING_FINALIZE");
    const usable = actions.filter((one) => one.bookingIntentId && one.label);
    const finals = new Set(usable.map((one) => `finalize:${one.bookingIntentId}:${one.summaryVersion}`));
    const pages = new Set(usable.map((one) => one.externalUrl));
    const choices = (message.choices || []).filter((choice) => !finals.has(choice.id));
    const links = (message.links || []).filter((link) => !pages.has(link.url) && safeUrl(link.url));
    return h("div.options", { lang: message.language }, [
      message.fallback && h("div.result.warn", {}, h("span", {}, message.fallback.text), this.contact(message.fallback.contact)),
      actions.length > usable.length && !message.fallback && h("div.result.warn", {}, h("span", {}, say.action_broken)),
      usable.length > 0 && this.booking(usable),
      message.askLocation && navigator.geolocation && isSecureContext && this.whereabouts(),
      links.map((link) => outside(link.url, [link.label || link.url, icon("out")], "a.choice.link")),
      choices.length > FEW || choices.some((choice) => choice.description || choice.section)
        ? this.list(choices, message.choicesLabel)
        : choices.length > 0 && h("div.choices", {}, choices.map((choice) => this.choice(choice))),
    ]);
  }

  choice(choice, kind = "button.choice") {
    const tap = () => this.at.choose(choice);
    const more = choice.description && h("small", { dir: "auto" }, choice.description);
    return h(kind, { type: "button", onclick: tap }, h("span", { dir: "auto" }, choice.title), more);
  }

  whereabouts() {
    const { say } = this.at;
    const ask = ({ currentTarget: button }) => {
      button.disabled = true;
      const found = ({ coords: { latitude, longitude } }) => this.at.locate({ latitude, longitude });
      navigator.geolocation.getCurrentPosition(found, () => button.remove(), { timeout: 10_000, maximumAge: 600_000 });
    };
    return h("button.choice", { type: "button", onclick: ask }, say.location);
  }

  list(choices, label) {
    const { say } = this.at;
    let section;
    const rows = choices.flatMap((choice) => {
      const heading = choice.section && choice.section !== section ? h("p.group", {}, (section = choice.section)) : null;
      return heading ? [heading, this.choice(choice, "button.item")] : [this.choice(choice, "button.item")];
    });
    const none = h("p.none", { hidden: true, role: "status" }, say.none_found);
    const body = h("div.items", {}, rows, none);
    const list = h("div.list", { role: "group", "aria-label": label || say.choose }, body);
    if (choices.length <= FEW) return list;
    const fold = (folded) => {
      let shown = 0;
      for (const row of rows) row.hidden = folded && (row.tagName === "BUTTON" ? ++shown > FEW - 1 : shown >= FEW - 1);
    };
    const search = h("input.search", { type: "search", placeholder: say.search, "aria-label": say.search, hidden: true });
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      let found = 0;
      for (const row of rows) {
        row.hidden = row.tagName === "BUTTON" ? !row.textContent.toLowerCase().includes(wanted) : Boolean(wanted);
        found += row.tagName === "BUTTON" && !row.hidden;
      }
      none.hidden = found > 0;
    });
    const all = h("button.item.all", { type: "button", onclick: open }, fill(say.show_all, { count: choices.length }), icon("down"));
    function open() {
      fold(false);
      all.remove();
      search.hidden = false;
      search.focus({ preventScroll: true });
      list.classList.add("open");
    }
    fold(true);
    list.prepend(search);
    list.append(all);
    return list;
  }

  // One tap is the yes: all of its buttons rest until there is an answer, and stay so when there is a final one. Where
  // somebody else's page books, our page before it is a plain link.
  booking(actions) {
    const result = h("div.result", { role: "status", hidden: true });
    const buttons = [];
    const shown = actions.map((action) => {
      const url = action.handling === "external" && safeUrl(action.externalUrl);
      if (url) return this.onward(url, action.label);
      const button = h("button.book", { type: "button", onclick: (event) => this.book(event, action, buttons, result) }, action.label);
      buttons.push(button);
      return button;
    });
    return h("div.booking", {}, shown, result);
  }

  async book({ currentTarget: button }, action, buttons, result) {
    const { say } = this.at;
    if (buttons.some((one) => one.disabled)) return;
    for (const one of buttons) one.disabled = true;
    button.classList.add("busy");
    button.setAttribute("aria-busy", "true");
    this.show(result, "wait", say.placing);
    let answer;
    try {
      answer = await this.at.finalize(action);
    } catch (error) {
      const url = safeUrl(action.externalUrl);
      for (const one of buttons) one.disabled = false;
      if (url) this.show(result, "warn", say.failed, this.onward(url));
      else this.show(result, "warn", error.status === 429 ? say.slow : say.failed);
      return;
    } finally {
      button.classList.remove("busy");
      button.removeAttribute("aria-busy");
    }
    this.outcome(answer, action, button, buttons, result);
  }

  outcome(answer, action, button, buttons, result) {
    const { say } = this.at;
    const done = () => buttons.forEach((one) => one.remove());
    const url = safeUrl(answer.redirectUrl) || safeUrl(action.externalUrl);
    switch (answer.status) {
      case "confirmed": {
        if (button.closest(".past")) return button.closest(".booking").remove(); // the talk has told it already
        done();
        const code = answer.confirmationCode && h("strong.code", { dir: "ltr" }, answer.confirmationCode);
        const pay = safeUrl(answer.checkoutUrl) && outside(answer.checkoutUrl, [say.pay, icon("out")], "a.book");
        return this.show(result, "good", answer.message || say.confirmed, code, pay);
      }
      case "pending":
        done();
        return this.show(result, "wait", answer.message || say.pending);
      case "redirected":
        if (!url) break;
        done();
        return this.show(result, "info", answer.message || say.redirected, this.onward(url));
      case "stale":
        done();
        this.show(result, "warn", answer.message || say.stale);
        return answer.summary && this.at.renew(answer.summary);
      case "fallback":
        done();
        return this.show(result, "warn", answer.message || say.fallback, url && this.onward(url), this.contact(answer.contact));
    }
    for (const one of buttons) one.disabled = false;
    this.show(result, "warn", say.action_broken);
  }

  onward(url, label = this.at.say.go_on) {
    return outside(url, [label, icon("out")], "a.book");
  }

  contact(ways) {
    const { phone, email, website } = ways || {};
    const kinds = [phone && ["tel:", phone], email && ["mailto:", email]].filter(Boolean);
    const links = kinds.map(([scheme, value]) => h("a.way", { href: scheme + value, dir: "ltr" }, value));
    if (safeUrl(website)) links.push(outside(website, website, "a.way"));
    return links.length > 0 && h("p.ways", {}, links);
  }

  show(result, kind, text, ...more) {
    result.className = `result ${kind}`;
    result.hidden = false;
    result.replaceChildren(kind === "good" ? icon("check") : "", h("span", {}, text), ...more.filter(Boolean));
    this.at.grew();
  }

  thumbs(seq) {
    const { say } = this.at;
    const buttons = ["up", "down"].map((thumb) => {
      const press = () => {
        for (const one of buttons) one.setAttribute("aria-pressed", one === button);
        this.at.rate({ seq, thumb });
      };
      const button = h(`button.thumb.${thumb}`, { type: "button", "aria-label": say[`thumb_${thumb}`], "aria-pressed": "false", onclick: press }, icon("up"));
      return button;
    });
    return h("div.thumbs", {}, buttons);
  }

  stars() {
    const { say } = this.at;
    const thanks = h("p", { role: "status" });
    const stars = [1, 2, 3, 4, 5].map((rating) => {
      const mark = (upTo) => stars.forEach((one, index) => one.classList.toggle("on", index < upTo));
      const press = () => {
        mark(rating);
        stars.forEach((one, index) => one.setAttribute("aria-pressed", index + 1 === rating));
        this.at.rate({ rating }).then((kept) => (thanks.textContent = kept ? say.thanks : say.failed));
      };
      return h("button.star", { type: "button", "aria-label": fill(say.star, { rating }), "aria-pressed": "false", onclick: press }, "★");
    });
    return h("section.rating", { "aria-label": say.rate }, h("p.heading", {}, say.rate), h("div", {}, stars), thanks);
  }
}
