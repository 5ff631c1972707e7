// The line to the server. A message is kept until the server has it, under a key of its own, so that no tab writes
// over another's; whichever tab sends it, the server takes it once, by its id. Replies are known by their number, so
// that whatever brings them (the answer, the stream, a poll) none is lost or shown twice.
import { memory } from "./dom.js";

const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds before another try
const TRIES_BEFORE_TELLING = 3;
const SILENCE = 40_000; // ms without a byte: the stream is dead (the server's heartbeat comes every 15 s)
const DAY = 86_400_000;
const FIRST = 6000;
const POLL = 2500;
const LIMIT = 20_000;
const ORPHANED = 20_000; // so long after another tab wrote a line that is still not sent, that tab may be gone
const OLD = 3_600_000; // a line that nobody sent for an hour is not meant any more unless its customer says so
const unique = () => crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

export class Refused extends Error {
  constructor(status, { code = "", message = "", retryAfterSeconds = 0 } = {}) {
    super(message || `status ${status}`);
    Object.assign(this, { status, code, wait: retryAfterSeconds });
  }
  get final() {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status);
  }
}

export class Talk extends EventTarget {
  // open: how a session is had, where it isn't made for anybody (magic links). Events: messages, outbox, typing,
  // line ("ok" | "off" | "ended").
  constructor({ base, workspace, bot, open, key }) {
    super();
    Object.assign(this, { base, workspace, bot, open, key: `frontdesk:${key || `${workspace}:${bot}`}` });
    this.messages = new Map();
    this.last = 0; // all up to this number has been seen
    const kept = (!open && memory.get(this.key)) || {};
    this.session = kept.session;
    this.seat = open ? "link" : kept.seat || unique(); // whose lines they are: another session's talk is another
    this.outbox = [];
    this.line = "ok";
    const back = () => { this.wake?.(); this.adopt(); };
    addEventListener("online", back);
    addEventListener("storage", ({ key, newValue }) => this.elsewhere(key || "", newValue));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.drop?.abort() : back()));
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  keep() {
    if (!this.open) memory.set(this.key, { session: this.session, seat: this.seat });
  }

  at(id) {
    return `${this.key}:line:${id}`;
  }

  hold(item) {
    item.seat = this.seat;
    const { id, body, text, at, seat } = item;
    memory.set(this.at(id), { id, body, text, at, seat });
  }

  // What this tab before it was loaded anew, or another one that is gone, left unsent.
  adopt() {
    const mine = new Set(this.outbox.map((item) => item.id));
    const left = memory.all(this.at("")).filter((item) => item.seat === this.seat && !mine.has(item.id));
    for (const item of left) this.outbox.push({ ...item, stuck: Date.now() - Date.parse(item.at) > OLD && "old" });
    if (left.length) {
      this.outbox.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
      this.tell("outbox");
    }
    this.flush();
  }

  // Another tab wrote a line, or is done with one: then the talk's messages will show it, unless it was taken back. Or
  // it began a talk at the same moment: one of the two is everybody's.
  elsewhere(key, value) {
    if (key === this.key) return this.agree(memory.get(key) || {});
    if (!key.startsWith(this.at(""))) return;
    if (value) return setTimeout(() => this.adopt(), ORPHANED);
    const item = this.outbox.find((one) => this.at(one.id) === key && !one.sent);
    if (!item) return;
    if (item.stuck) return this.arrived(item.id);
    item.sent = true;
    this.tell("outbox");
  }

  agree(kept) {
    if (this.open || !this.session || kept.seat === this.seat || this.messages.size || !this.counts(kept.session)) return;
    if (this.seat < kept.seat) return this.keep();
    this.join(kept);
    this.last = 0;
    this.drop?.abort();
  }

  join({ session, seat }) {
    Object.assign(this, { session, seat });
    for (const item of this.outbox) if (!item.sent) this.hold(item);
  }

  // Forgets the talk and begins anew, with the session that another tab has begun meanwhile if there is one.
  restart() {
    this.drop?.abort();
    const kept = memory.get(this.key) || {};
    const other = kept.session?.sessionId !== this.session?.sessionId && this.counts(kept.session);
    Object.assign(this, { last: 0, line: "ok", outbox: this.outbox.filter((item) => !item.sent) });
    for (const item of this.outbox) item.stuck = item.stuck === "old" && "old";
    this.join(other ? kept : { session: null, seat: unique() });
    this.messages.clear();
    this.keep();
  }

  async start() {
    await this.sure();
    await this.look().catch(async (error) => {
      if (error.status !== 401 || this.open || this.messages.size) throw error;
      this.restart(); // kept from an installation or a key that is no more
      await this.look();
    });
    this.adopt();
    this.listening ||= this.listen().finally(() => (this.listening = null));
  }

  counts(session) {
    return Boolean(session) && Date.parse(session.expiresAt) - Date.now() > (this.open ? 60_000 : DAY);
  }

  // The session, made when there is none or the kept one has run out. Of two tabs that make one, the first is right.
  async sure() {
    if (this.counts(this.session)) return this.session;
    this.making ||= (this.open ? this.open() : this.shared()).finally(() => (this.making = null));
    this.session = await this.making;
    this.keep();
    return this.session;
  }

  async shared() {
    const old = this.session && Date.parse(this.session.expiresAt) > Date.now() && this.session.sessionId;
    const theirs = () => {
      const kept = memory.get(this.key);
      if (!this.counts(kept?.session)) return null;
      this.join(kept);
      return kept.session;
    };
    const found = theirs();
    if (found) return found;
    const made = await this.made({ workspaceId: this.workspace, botId: this.bot }, old).catch((error) => {
      if (old) return this.session; // it counts a while yet; the next request asks again
      throw error;
    });
    return theirs() || made;
  }

  // One that still counts goes on with its talk.
  async made(ids, sessionId) {
    const ask = (body) => this.call("POST", "api/widget/sessions", body, null);
    if (!sessionId) return ask(ids);
    return ask({ ...ids, sessionId }).catch((error) => (error.final || error.status === 401 ? ask(ids) : Promise.reject(error)));
  }

  path(what) {
    const query = new URLSearchParams({ workspaceId: this.workspace, botId: this.bot });
    if (this.last) query.set("after", this.last);
    return `api/widget/${what}?${query}`;
  }

  async fetch(method, path, body, session, options) {
    const headers = session ? { Authorization: `Bearer ${session.sessionId}` } : {};
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(new URL(path, this.base), {
      method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
      ...options,
    });
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, told.error);
  }

  // body: or a function of the session that it goes with. session: null where none is needed yet. A link's session is
  // had anew when it ran out; a visitor's own would be another talk, so that is his to begin.
  async call(method, path, body, session) {
    const options = { signal: AbortSignal.timeout(LIMIT) };
    if (session === null) return (await this.fetch(method, path, body, null, options)).json();
    const used = await this.sure();
    try {
      const sent = typeof body === "function" ? body(used) : body;
      return await (await this.fetch(method, path, sent, used, options)).json();
    } catch (error) {
      if (error.status !== 401 || !this.open || session === "last") throw error;
      if (this.session === used) this.session = null;
      return this.call(method, path, body, "last");
    }
  }

  post(what, body) {
    const ids = { workspaceId: this.workspace, botId: this.bot };
    return this.call("POST", `api/widget/${what}`, ({ sessionId }) => ({ ...ids, sessionId, ...body }));
  }

  // text: what the customer sees as his own; body: {text} or {choice}.
  send(text, body) {
    const item = { id: unique(), text, body, at: new Date().toISOString() };
    this.outbox.push(item);
    this.hold(item);
    this.tell("outbox");
    this.flush();
  }

  // One after the other, in order. What is stuck waits for its customer: "refused" as it is, "old", or "unsent".
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    for (let tries = 0; ; ) {
      const item = this.outbox.find((one) => !one.sent && !["old", "refused"].includes(one.stuck));
      if (!item) break;
      try {
        this.tell("typing", true);
        const found = await this.post("messages", { ...item.body, messageId: item.id });
        Object.assign(item, { sent: true, stuck: false });
        memory.set(this.at(item.id));
        this.take(found.messages);
        this.tell("outbox");
        this.tell("typing", Boolean(found.pending) && found.status !== "human");
        if (found.throttled) this.tell("slow");
        this.say("ok");
        tries = 0;
      } catch (error) {
        this.tell("typing", false);
        const over = error.status === 401 || error.status === 403;
        tries += 1;
        if (error.final && !over) item.stuck = "refused";
        else item.stuck = (over || !navigator.onLine || tries >= TRIES_BEFORE_TELLING) && "unsent";
        if (over) this.say("ended");
        if (error.status === 429) this.tell("slow", error.wait);
        this.tell("outbox");
        if (item.stuck === "unsent") break;
        if (!item.stuck) await pause(error.wait || PAUSES[tries - 1]);
      }
    }
    this.flushing = false;
    this.heard?.();
  }

  retry() {
    for (const item of this.outbox) item.stuck = false;
    this.tell("outbox");
    this.flush();
  }

  // The server shows it as one of the talk's messages: ours need stand no more.
  arrived(id) {
    const left = this.outbox.filter((item) => item.id !== id);
    if (left.length === this.outbox.length) return;
    this.outbox = left;
    memory.set(this.at(id));
    this.tell("outbox");
  }

  take(messages = []) {
    const fresh = messages.filter((message) => !this.messages.has(message.seq)).sort((a, b) => a.seq - b.seq);
    for (const message of fresh) {
      this.messages.set(message.seq, message);
      if (message.messageId) this.arrived(message.messageId);
      if (message.direction === "out") this.tell("typing", false);
    }
    if (fresh.length) this.tell("messages", fresh);
  }

  // A summary as it stands now: shown anew even if its number was seen before.
  renew(message) {
    if (!this.messages.has(message.seq)) this.take([message]);
    else this.tell("messages", [{ ...message, renewed: true }]);
  }

  say(line) {
    if (this.line !== line) this.tell("line", (this.line = line));
  }

  // For as long as the page lives: the stream where it comes through, else polling, with growing pauses.
  async listen() {
    for (let failures = 0; ; ) {
      if (document.hidden) await new Promise((wake) => (this.wake = wake));
      try {
        if (failures % 4 < 2) await this.stream(() => (failures = 0));
        else {
          for (let round = 0; round < 20 && !document.hidden; round++) await this.poll(round);
          failures = 0; // the stream may come through by now
        }
      } catch (error) {
        if (document.hidden) continue;
        if (error.status === 403 || (error.status === 401 && (!this.open || failures))) return this.say("ended");
        failures += 1;
        if (error instanceof TypeError && failures > 1) this.say("off"); // no answer at all
        const waiting = pause(error.wait || PAUSES[Math.min(failures, PAUSES.length) - 1]);
        await Promise.race([waiting, new Promise((wake) => (this.wake = wake))]);
      }
    }
  }

  async look() {
    for (let more = true; more; ) {
      const found = await this.call("GET", this.path("messages"));
      this.take(found.messages);
      this.last = found.after;
      more = found.more && found.messages.length > 0;
    }
  }

  async poll(round) {
    await this.look();
    this.say("ok");
    const woken = new Promise((wake) => (this.wake = this.heard = wake));
    await Promise.race([pause((POLL / 1000) * (round < 8 ? 1 : 3)), woken]);
  }

  async stream(alive) {
    const session = await this.sure();
    const drop = (this.drop = new AbortController());
    const began = Date.now();
    let timer;
    const watch = (silence) => {
      clearTimeout(timer);
      timer = setTimeout(() => drop.abort(), silence);
    };
    watch(FIRST); // a network that gathers a stream before it passes it on gives nothing at all
    try {
      const headers = { Authorization: `Bearer ${session.sessionId}`, Accept: "text/event-stream", "Last-Event-ID": this.last };
      const answer = await this.fetch("GET", this.path("stream"), undefined, session, { signal: drop.signal, headers });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) break;
        watch(SILENCE);
        alive();
        this.say("ok");
        const blocks = (text + value).replace(/\r\n?/g, "\n").split("\n\n");
        text = blocks.pop();
        for (const block of blocks) this.event(block);
      }
      if (Date.now() - began < FIRST) throw new Error("the stream ended at once");
    } catch (error) {
      if (error.status === 401 && this.open) this.session = null;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  event(block) {
    const fields = { event: "message" };
    for (const line of block.split("\n")) {
      const [field, ...rest] = line.split(":");
      fields[field] = rest.join(":").trim();
    }
    const { event: type, data, id } = fields;
    if (!data) return;
    const told = JSON.parse(data);
    if (id) this.last = +id;
    if (type === "message") this.take([told]);
    else this.tell(type, type === "typing" ? told.typing !== false : told);
  }

  finalize(action) {
    const { bookingIntentId, summaryVersion } = action;
    return this.call("POST", `api/bookings/${encodeURIComponent(bookingIntentId)}/finalize`, { summaryVersion });
  }
}
