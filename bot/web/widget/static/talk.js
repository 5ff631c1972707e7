// The line to the server. A message is kept until the server has it and goes out once, by its id; replies are known
// by their number, so that whatever brings them (the answer, the stream, a poll) none is lost or shown twice.
import { memory } from "./dom.js";

const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds before another try
const TRIES_BEFORE_TELLING = 3;
const SILENCE = 40_000; // ms without a byte: the stream is dead (the server's heartbeat comes every 15 s)
const DAY = 86_400_000;
const FIRST = 6000;
const POLL = 2500;
const LIMIT = 20_000;
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
    this.last = 0;
    const kept = memory.get(this.key) || {};
    this.session = open ? null : kept.session;
    this.outbox = (Array.isArray(kept.outbox) ? kept.outbox : []).map((item) => ({ ...item, failed: false }));
    this.line = "ok";
    addEventListener("online", () => { this.wake?.(); this.flush(); });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.drop?.abort() : this.wake?.()));
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  keep() {
    const outbox = this.outbox.filter((item) => !item.sent).map(({ id, body, text, at }) => ({ id, body, text, at }));
    memory.set(this.key, { session: this.open ? null : this.session, outbox });
  }

  // Forgets everything and begins anew.
  restart() {
    this.drop?.abort();
    Object.assign(this, { session: null, last: 0, line: "ok" });
    this.outbox = this.outbox.filter((item) => !item.sent).map((item) => ({ ...item, failed: false }));
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
    this.flush();
    this.listening ||= this.listen().finally(() => (this.listening = null));
  }

  // The session, made when there is none or the kept one has run out.
  async sure() {
    const left = this.session ? Date.parse(this.session.expiresAt) - Date.now() : 0;
    if (left > (this.open ? 60_000 : DAY)) return this.session;
    const ids = { workspaceId: this.workspace, botId: this.bot };
    const making = this.making || (this.making = this.open ? this.open() : this.made(ids, left > 0 && this.session.sessionId));
    try {
      this.session = await making;
    } finally {
      this.making = null;
    }
    this.keep();
    return this.session;
  }

  // One that still counts goes on with its talk.
  async made(ids, sessionId) {
    const ask = (body) => this.call("POST", "api/widget/sessions", body, null);
    if (!sessionId) return ask(ids);
    return ask({ ...ids, sessionId }).catch((error) => (error.final || error.status === 401 ? ask(ids) : Promise.reject(error)));
  }

  at(what) {
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
    this.outbox.push({ id: crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`, text, body, at: new Date().toISOString() });
    this.keep();
    this.tell("outbox");
    this.flush();
  }

  // One after the other, in order.
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    for (let tries = 0; ; ) {
      const item = this.outbox.find((one) => !one.sent);
      if (!item) break;
      try {
        this.tell("typing", true);
        const found = await this.post("messages", { ...item.body, messageId: item.id });
        item.sent = true;
        item.failed = false;
        this.keep();
        this.take(found.messages);
        this.tell("outbox");
        this.tell("typing", Boolean(found.pending) && found.status !== "human");
        if (found.throttled) this.tell("slow");
        this.say("ok");
        tries = 0;
      } catch (error) {
        this.tell("typing", false);
        item.failed = error.final || !navigator.onLine || ++tries >= TRIES_BEFORE_TELLING ? error.status || "offline" : false;
        if (error.status === 401 || error.status === 403) this.say("ended");
        if (error.status !== 429) this.tell("outbox");
        else this.tell("slow", error.wait);
        if (item.failed) break;
        await pause(error.wait || PAUSES[tries - 1]);
      }
    }
    this.flushing = false;
    this.heard?.();
  }

  retry() {
    for (const item of this.outbox) item.failed = false;
    this.tell("outbox");
    this.flush();
  }

  // The server shows it as one of the talk's messages: ours need stand no more.
  arrived(id) {
    const left = this.outbox.filter((item) => item.id !== id);
    if (left.length === this.outbox.length) return;
    this.outbox = left;
    this.keep();
    this.tell("outbox");
  }

  take(messages = []) {
    const fresh = messages.filter((message) => !this.messages.has(message.seq)).sort((a, b) => a.seq - b.seq);
    for (const message of fresh) {
      this.messages.set(message.seq, message);
      this.last = Math.max(this.last, message.seq);
      if (message.messageId) this.arrived(message.messageId);
      if (message.direction === "out") this.tell("typing", false);
    }
    if (fresh.length) this.tell("messages", fresh);
  }

  // A summary as it stands now: shown anew even if its number was seen before.
  renew(message) {
    if (!this.messages.has(message.seq)) this.take([message]);
    else this.tell("messages", [message]);
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
      const found = await this.call("GET", this.at("messages"));
      this.take(found.messages);
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
      const answer = await this.fetch("GET", this.at("stream"), undefined, session, { signal: drop.signal, headers });
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
    let [type, data] = ["message", ""];
    for (const line of block.split("\n")) {
      const [field, ...rest] = line.split(":");
      if (field === "event") type = rest.join(":").trim();
      if (field === "data") data += rest.join(":").trimStart();
    }
    if (!data) return;
    const told = JSON.parse(data);
    if (type === "message") this.take([told]);
    else this.tell(type, type === "typing" ? told.typing !== false : told);
  }

  finalize(action) {
    const { bookingIntentId, summaryVersion } = action;
    return this.call("POST", `api/bookings/${encodeURIComponent(bookingIntentId)}/finalize`, { summaryVersion });
  }
}
