// The draft's items as they stand here, and the decisions on their way to the server.
// A decision takes effect on screen at once, is kept in localStorage until the server has it, and is sent in order.

import { ask } from "./dom.js";
import { isUnknown, ROLES } from "./words.js";

const RETRY = 8000;

export class Store extends EventTarget {
  constructor(config) {
    super();
    Object.assign(this, { config, items: new Map(), order: [], units: {}, unknown: {}, status: "saved", history: [] });
    this.key = `luoshi-decisions-${config.draft}`;
    this.waiting = new Map(); // queue entry → resolve
    window.addEventListener("online", () => this.flush());
    window.addEventListener("storage", (event) => event.key === this.key && this.#tellStatus());
    setInterval(() => { if (this.queue().length && !this.sending) this.flush(); }, RETRY);
  }

  url(path) { return `${this.config.base}/${path}`; }
  queue() { try { return JSON.parse(localStorage.getItem(this.key)) || []; } catch { return []; } }
  #keep(queue) { queue.length ? localStorage.setItem(this.key, JSON.stringify(queue)) : localStorage.removeItem(this.key); }
  #tell(type, detail = {}) { this.dispatchEvent(new CustomEvent(type, { detail })); }
  #tellStatus(status = this.status) { this.status = status; this.#tell("status", { status, waiting: this.queue().length }); }

  async load() {
    const { body } = await ask(this.url("items"));
    if (!body.items) throw new Error(body.message);
    this.items = new Map(body.items.map((item) => [item.id, item]));
    this.units = body.units;
    this.unknown = body.unknown;
    for (const entry of this.queue()) this.#apply(entry); // decided while the line was down, before the page was closed
    this.#sort();
    this.#tell("loaded");
    this.flush();
  }

  #sort() { this.order = [...this.items.values()].sort((a, b) => a.position - b.position || a.id - b.id); }
  list() { return this.order; }
  get(id) { return this.items.get(id); }
  measures() { return this.order.filter((item) => item.kind === "measure" && item.state !== "rejected"); }
  isSure(item) { return item.certainty !== null && item.certainty >= this.config.sure && !item.unknown; }

  #apply({ item: id, decision, data, measure, revision }) {
    const item = this.items.get(id);
    if (!item || item.revision !== revision) return;
    const kept = item.added ? "added" : null;
    if (decision === "accept") item.state = kept || (["accepted", "corrected"].includes(item.state) ? item.state : "accepted");
    else if (decision === "reject") item.state = "rejected";
    else if (decision === "restore") item.state = kept || "pending";
    else if (decision === "correct") { item.state = kept || "corrected"; item.data = { ...item.data, ...data }; if (measure !== undefined) item.measure = measure; }
    item.revision += 1;
    item.by = this.config.user;
  }

  // Gives {ok}, {errors} (the values do not fit), {conflict} or {offline}.
  decide(id, decision, data, measure) {
    const item = this.items.get(id);
    const entry = { item: id, decision, data, measure, revision: item.revision, at: Date.now() };
    // A correction that does not fit must not look done: it is shown when the server has taken it (or cannot be reached).
    if (decision !== "correct") this.#apply(entry);
    this.#keep([...this.queue(), entry]);
    this.history = this.history.filter((other) => other !== id);
    if (decision !== "restore") this.history.push(id);
    if (decision !== "correct") this.#tell("changed", { ids: [id] });
    const answer = new Promise((resolve) => this.waiting.set(this.#name(entry), resolve));
    this.flush();
    return answer;
  }

  #name(entry) { return `${entry.item}-${entry.revision}-${entry.at}`; }
  #settle(entry, answer) { const name = this.#name(entry); this.waiting.get(name)?.(answer); this.waiting.delete(name); }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let queue = this.queue(); queue.length; queue = this.queue()) {
        this.#tellStatus("saving");
        const entry = queue[0];
        const { status, body } = await ask(this.url(`items/${entry.item}`), entry);
        if (status === 401 || status === 403) {
          this.#tellStatus("offline");
          this.#tell("trouble", { message: body.message, signIn: status === 401 });
          this.#settle(entry, { offline: true });
          return;
        }
        this.#drop(entry, status !== 200);
        this.#answered(entry, status, body);
      }
      this.#tellStatus("saved");
    } catch {
      for (const entry of this.queue()) {
        if (entry.decision === "correct" && this.items.get(entry.item)?.revision === entry.revision) {
          this.#apply(entry);
          this.#tell("changed", { ids: [entry.item] });
        }
        this.#settle(entry, { offline: true });
      }
      this.#tellStatus("offline");
    } finally {
      this.sending = false;
    }
  }

  #drop(entry, withLater) {
    this.#keep(this.queue().filter((other) => this.#name(other) !== this.#name(entry) && !(withLater && other.item === entry.item)));
  }

  #answered(entry, status, body) {
    if (status === 200) {
      this.#settle(entry, { ok: true });
      const later = this.queue().some((other) => other.item === entry.item);
      if (!later) this.put([body.item], body.units);
      if (body.reload) this.load();
    } else if (status === 422) {
      this.#settle(entry, { errors: body.errors, message: body.message });
      if (entry.decision !== "correct") this.#tell("trouble", { message: body.message });
    } else {
      if (body.item) this.put([body.item], body.units);
      this.#settle(entry, { conflict: true, message: body.message });
      this.#tell("trouble", { message: body.message || "没有保存，请刷新页面。", item: entry.item });
      if (body.closed) this.load();
    }
  }

  put(items, units = {}) {
    Object.assign(this.units, units);
    let structure = false;
    for (const item of items) {
      const known = this.items.get(item.id);
      structure ||= !known || known.measure !== item.measure;
      this.items.set(item.id, item);
    }
    this.#sort();
    this.#tell("changed", { ids: items.map((item) => item.id), structure });
  }

  counts() {
    const names = new Set(); // unknown names, each once, as everywhere
    const found = { all: 0, pending: 0, uncertain: 0, unknown: 0, rejected: 0, sure: 0, kinds: {} };
    for (const item of this.order) {
      found.all += 1;
      found.kinds[item.kind] = (found.kinds[item.kind] || 0) + 1;
      if (item.state === "pending") {
        found.pending += 1;
        this.isSure(item) ? (found.sure += 1) : (found.uncertain += 1);
      }
      if (item.state === "rejected") found.rejected += 1;
      else if (item.unknown) for (const role of Object.keys(ROLES)) for (const entry of item.data[role] || []) if (isUnknown(entry)) names.add(entry.name);
    }
    found.unknown = names.size;
    return found;
  }
}
