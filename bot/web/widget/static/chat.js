// The chat itself: header, messages, composer. Stands in a widget's corner or fills a page.
import { fill, h, icon, load, memory } from "./dom.js";
import { Talk } from "./talk.js";
import { View } from "./view.js";

const QUIET = 20 * 60_000; // after so long a time of day stands above the next message
const PATIENCE = 2500; // ms
const MORE = 2000; // characters of a message

export class Chat {
  // profile: what GET /api/widget/profile answered · language: a wish · onclose: none where it can't be closed ·
  // onunread(count) · open, key: as Talk has them · wide: there is room for the details beside the messages
  constructor(root, { profile, language, onclose, onunread, wide, ...line }) {
    Object.assign(this, { root, profile, onclose, onunread, wide, line });
    this.chosen = `frontdesk:language:${line.workspace}`;
    const wishes = [language, memory.get(this.chosen), ...navigator.languages.map((one) => one.slice(0, 2))];
    this.chose = Boolean(memory.get(this.chosen));
    this.language = wishes.find((one) => profile.languages.includes(one)) || profile.languages[0];
    this.talk = new Talk(line);
    this.unread = 0;
    this.build();
    const { talk } = this;
    const on = (type, act) => talk.addEventListener(type, ({ detail }) => act.call(this, detail));
    on("messages", this.add);
    on("outbox", this.waiting);
    on("typing", this.typing);
    on("line", this.lineIs);
    on("status", ({ status }) => {
      this.human = status === "human";
      this.status.textContent = this.state;
    });
    on("slow", (seconds) => {
      this.notice(this.say.slow);
      setTimeout(() => talk.line === "ok" && this.notice(), (seconds || 8) * 1000);
    });
  }

  get say() {
    return this.profile.words[this.language];
  }

  get state() {
    return this.human ? this.say.team_answers : this.say.ready;
  }

  build() {
    const { say, profile, language } = this;
    const draft = this.box?.value || "";
    this.view = new View({
      say,
      choose: (choice) => this.tapped(choice.title, choice.says ? { text: choice.title } : { choice: { id: choice.id, title: choice.title } }),
      locate: (location) => this.tapped(say.location, { location }),
      finalize: (action) => this.finalize(action),
      renew: (message) => this.talk.renew(message),
      rate: (what) => this.rate(what),
      grew: () => this.atEnd(160) && this.down(),
    });
    const other = profile.languages.find((one) => one !== language);
    const tool = (name, label, act, ...inside) => h(`button.tool.${name}`, { type: "button", "aria-label": label, title: label, onclick: act }, ...inside);
    this.status = h("p.status", {}, this.state);
    this.info = tool("info", say.details, () => this.toggle(), icon("info"));
    this.info.setAttribute("aria-expanded", "false");
    this.head = h("header.head", {},
      h("span.face", { "aria-hidden": "true" }, profile.initials),
      h("div.who", {}, h(this.wide ? "h1" : "h2", { dir: "auto" }, profile.business), this.status),
      other && h("button.tool.other", { type: "button", lang: other, onclick: () => this.speak(other, true) }, profile.words[other].name),
      this.info,
      this.onclose && tool("close", say.close, this.onclose, icon("close")));
    this.told = h("div.notice", { role: "status", hidden: true });
    this.log = h("div.log", { role: "log", "aria-label": say.messages, "aria-live": "off", tabindex: "0" });
    this.log.addEventListener("scroll", () => this.atEnd() && (this.jump.hidden = true), { passive: true });
    this.jump = h("button.jump", { type: "button", hidden: true, onclick: () => this.down(true) }, say.newer, icon("down"));
    this.box = h("textarea.box", { rows: "1", maxlength: MORE, placeholder: say.write, "aria-label": say.write, dir: "auto", enterkeyhint: "send" });
    this.box.value = draft;
    this.button = h("button.send", { type: "submit", "aria-label": say.send, disabled: !draft.trim() }, icon("send"));
    this.box.addEventListener("input", () => this.grow());
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit(event);
    });
    const form = h("form.composer", { onsubmit: (event) => this.submit(event) }, this.box, this.button);
    this.side = h("aside.side", { "aria-label": say.details, hidden: true });
    this.dots = h("div.row.theirs.typing", { hidden: true }, h("div.bubble", {}, h("span.unseen", {}, say.typing), h("i"), h("i"), h("i")));
    this.queue = h("div.queue");
    this.root.replaceChildren(h("section.chat", { lang: language, dir: say.direction, "aria-label": fill(say.title, { business: profile.business }) },
      h("div.talk", {}, this.head, this.told, h("div.middle", {}, this.log, this.jump), form), this.side));
    this.log.append(this.dots, this.queue);
    this.when = this.top = 0;
    this.newest = this.extras = null;
    this.greet();
    this.add([...this.talk.messages.values()], true);
    this.waiting();
    this.down();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 500);
  }

  greet() {
    if (this.talk.messages.size) return;
    const { say, profile } = this;
    const text = profile.greeting[this.language] || fill(say.greeting, { business: profile.business });
    this.welcome = this.view.theirs({ assistantMessage: text, language: this.language });
    const choices = say.starters.map((title) => ({ title, says: true }));
    this.welcome.append(this.view.options({ choices, language: this.language }));
    this.log.insertBefore(this.welcome, this.dots);
  }

  async start() {
    try {
      await this.talk.start();
      this.notice();
    } catch (error) {
      if (error.status === 401 || error.status === 403 || error.status === 410) return this.lineIs("ended");
      this.notice(this.say.cannot, this.say.again, () => this.start());
    }
    if (this.wide && !this.narrow) this.toggle(true);
  }

  get narrow() {
    return matchMedia("(max-width: 860px)").matches;
  }

  speak(language, chosen) {
    this.language = language;
    if (chosen) memory.set(this.chosen, language);
    this.chose ||= chosen;
    const open = !this.side.hidden;
    this.build();
    if (open) this.toggle(true);
    if (chosen) this.head.querySelector(".other").focus();
    this.onlanguage?.(language);
  }

  add(messages, again) {
    const near = again || !this.filled || this.atEnd(160);
    this.filled ||= messages.length > 0;
    for (const message of messages) {
      this.welcome?.querySelector(".options")?.remove();
      const at = Date.parse(message.at) || Date.now();
      const row = message.direction === "in" ? this.view.mine(message.text || "") : this.view.theirs(message);
      row.dataset.seq = message.seq;
      if (message.seq < this.top && !message.renewed) { // sent after a later one was: it stands where it belongs
        const next = [...this.log.querySelectorAll("[data-seq]")].find((one) => +one.dataset.seq > message.seq);
        this.log.insertBefore(row, next);
        continue;
      }
      this.top = message.seq;
      const stamp = at - this.when > QUIET && h("time.when", { datetime: new Date(at).toISOString() }, this.clock(at));
      this.when = at;
      this.log.insertBefore(row, this.dots);
      if (stamp) this.log.insertBefore(stamp, row);
      this.pass();
      this.newest = row;
      if (message.direction !== "in") {
        this.extras = this.view.options(message);
        if (!this.extras.querySelector(".booking,.choice,.item")) this.extras.append(this.view.thumbs(message.seq));
        row.append(this.extras);
        if (!again && !this.chose && message.language !== this.language && this.profile.words[message.language]) {
          return this.speak(message.language);
        }
      }
    }
    if (!messages.length) return;
    const outs = messages.filter((message) => message.direction !== "in");
    if (outs.length && !again) {
      this.replied = Date.now();
      this.unread += outs.length;
      this.onunread?.(this.unread);
      if (this.panel && !this.side.hidden) this.panel.refresh();
      this.jump.hidden = near;
    }
    if (!near) return;
    if (this.extras?.querySelector(".booking")) return this.down(); // the button is what it is about
    const row = outs.length && [...this.log.querySelectorAll("[data-seq]")].find((one) => +one.dataset.seq === outs[0].seq);
    this.down(false, row);
  }

  // Older messages have nothing to tap any more; a booking under way stays, and what became of one.
  pass() {
    const { extras } = this;
    this.extras = null;
    const booking = extras?.querySelector(".booking");
    if (!booking?.querySelector("[aria-busy], .good, .info")) return extras?.remove();
    extras.replaceChildren(booking);
    booking.classList.add("past");
  }

  // The newest message in full; of one that is longer than the window its beginning.
  down(smooth, row) {
    const { log } = this;
    const most = log.scrollHeight - log.clientHeight;
    const top = row ? Math.min(most, row.offsetTop - log.offsetTop - 12) : most;
    log.scrollTo({ top, behavior: smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches ? "smooth" : "auto" });
    this.jump.hidden = true;
  }

  atEnd(slack = 80) {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < slack;
  }

  clock(at) {
    const today = new Date(at).toDateString() === new Date().toDateString();
    const day = today ? {} : { weekday: "short", day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(this.language, { ...day, hour: "numeric", minute: "2-digit" }).format(at);
  }

  waiting() {
    const { say, talk } = this;
    this.queue.replaceChildren(...talk.outbox.map((item) => {
      const row = this.view.mine(item.text, item.stuck ? "failed" : item.sent ? "" : "sending");
      const refused = item.stuck === "refused"; // as it is it will never be taken
      const act = () => (refused ? this.takeBack(item) : talk.retry());
      const why = [refused ? say.too_long : say.not_sent, " ", h("button.again", { type: "button", onclick: act }, say.again)];
      if (item.stuck) row.append(h("p.why", { role: "alert" }, why));
      return row;
    }));
    for (const one of this.extras?.children || []) {
      if (one.matches(".choices, .list, .booking")) one.inert = talk.outbox.some((item) => !item.stuck); // one at a time
    }
    if (talk.outbox.length) {
      this.replied = 0;
      this.welcome?.querySelector(".options")?.remove();
      this.down();
    }
  }

  // What was tapped will be gone: who works by keyboard goes on where he can write, and no other keyboard pops up.
  tapped(text, body) {
    this.talk.send(text, body);
    (matchMedia("(hover: hover)").matches ? this.box : this.log).focus({ preventScroll: true });
  }

  takeBack(item) {
    this.box.value = item.text;
    this.grow();
    this.talk.arrived(item.id);
    this.box.focus();
    this.talk.flush();
  }

  // Right after a reply the sign waits a moment: what is still under way then is mostly the reply's own delivery.
  typing(on) {
    clearTimeout(this.typed);
    const since = Date.now() - (this.replied || 0);
    if (on && since < PATIENCE) this.typed = setTimeout(() => this.typing(true), PATIENCE - since);
    const shown = on && since >= PATIENCE;
    if (shown) this.typed = setTimeout(() => this.typing(false), 30_000);
    this.dots.hidden = !shown;
    this.status.textContent = shown ? this.say.typing : this.state;
    if (shown) this.log.append(this.queue, this.dots), this.atEnd(200) && this.down();
  }

  lineIs(line) {
    const { say } = this;
    if (line === "ok") return this.notice();
    if (line === "off") return this.notice(say.offline);
    if (this.line.open) return this.notice(say.link_over);
    const anew = () => { this.talk.restart(); this.build(); this.start(); };
    this.notice(say.ended, say.anew, anew);
  }

  notice(text, label, act) {
    const end = this.atEnd();
    this.told.hidden = !text;
    this.told.replaceChildren(...(text ? [h("span", {}, text), label && h("button.again", { type: "button", onclick: act }, label)].filter(Boolean) : []));
    if (end) this.down();
  }

  submit(event) {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.grow();
    this.talk.send(text, { text });
  }

  grow() {
    this.button.disabled = !this.box.value.trim();
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 132)}px`;
  }

  async finalize(action) {
    const answer = await this.talk.finalize(action);
    if (answer.status === "confirmed") this.over = true;
    setTimeout(() => this.askRating(), 1500);
    this.talk.wake?.();
    return answer;
  }

  askRating() {
    if (this.over && !this.rated && !this.log.querySelector(".rating")) this.log.insertBefore(this.view.stars(), this.dots), this.atEnd(300) && this.down(true);
  }

  async rate(what) {
    this.rated ||= Boolean(what.rating);
    try {
      await this.talk.post("feedback", what);
      return true;
    } catch {
      return false;
    }
  }

  // The details beside or over the messages; loaded when they are wanted first.
  async toggle(open = this.side.hidden) {
    this.side.hidden = !open;
    this.info.setAttribute("aria-expanded", open);
    this.root.firstChild.classList.toggle("with-side", open);
    if (!open) return this.info.focus();
    const { say, language, talk, view } = this;
    const found = await load("panel.js").catch(() => this.toggle(false));
    if (!found) return this.notice(say.cannot);
    const { Panel } = found;
    const acts = { ask: (text) => this.ask(text), close: () => this.toggle(false) };
    this.panel = new Panel(this.side, { say, language, talk, view, ...acts });
    return this.panel.refresh();
  }

  ask(text) {
    if (!this.wide || this.narrow) this.toggle(false);
    this.talk.send(text, { text });
  }

  focus() {
    this.unread = 0;
    this.onunread?.(0);
    if (matchMedia("(hover: hover)").matches) this.box.focus();
    this.down();
  }
}
