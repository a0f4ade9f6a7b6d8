// Brings what was typed to the server: only changed cells, in order, one request at a time, with the revision they rest
// on. Until the server has them they are kept in this browser, by person and return, and are taken up again after a
// reload. Tells: "status" {status, waiting}, "saved" {body}, "conflict" {cells}, "closed" {message}.

import { Unreachable, send } from "./page.js";

const PAUSE = 900; // ms after the last change
const LONGEST = 3000; // ms that typing may hold a save back
const RETRY = [3000, 6000, 12_000, 20_000];

export class Saver extends EventTarget {
  constructor(sheet, { url, user, id, revision }) {
    super();
    Object.assign(this, { sheet, url, revision, tries: 0, status: "saved", stopped: false });
    this.key = `luoshi-return-${user}-${id}`;
    this.base = new Map(); // address → what the server held when it was first changed here
    this.rowsChanged = false;
    this.reasonsChanged = new Set();
    this.conflicts = new Map(); // address → {mine, theirs}
    sheet.addEventListener("edited", (event) => this.#edited(event.detail));
    addEventListener("online", () => { this.tries = 0; this.flush(); });
    addEventListener("offline", () => this.waiting() && this.#tell("offline"));
    addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.waiting() && this.flush({ keepalive: true }));
  }

  waiting() { return this.base.size + this.reasonsChanged.size + (this.rowsChanged ? 1 : 0); }
  #tell(status) { this.status = status; this.dispatchEvent(new CustomEvent("status", { detail: { status, waiting: this.waiting(), kept: this.kept !== false } })); }

  #edited({ cells, rows, reasons }) {
    for (const [address, before] of Object.entries(cells)) {
      if (!this.base.has(address)) this.base.set(address, before);
      this.conflicts.delete(address);
    }
    if (rows) this.rowsChanged = true;
    if (reasons) this.reasonsChanged.add(reasons);
    this.#keep();
    this.#later();
  }

  // ---- this browser's own copy
  #keep() {
    try {
      if (!this.waiting()) { localStorage.removeItem(this.key); this.kept = true; return; }
      const cells = {};
      for (const [address, base] of this.base) cells[address] = [base, this.sheet.cells.get(address) ?? null];
      const rows = this.rowsChanged ? Object.fromEntries([...this.sheet.rows].map(([key]) => [key, this.sheet.rows.get(key)])) : null;
      const reasons = Object.fromEntries([...this.reasonsChanged].map((address) => [address, this.sheet.reasons.get(address) ?? ""]));
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), revision: this.revision, cells, rows, reasons }));
      this.kept = true;
    } catch { this.kept = false; }
  }

  // Which revision this browser has brought to the server: a page that was drawn before that shows cells of yesterday.
  #note() { try { localStorage.setItem(`${this.key}-revision`, String(this.revision)); } catch { /* told by the next save */ } }
  behind() { try { return Number(localStorage.getItem(`${this.key}-revision`) ?? -1) > this.revision; } catch { return false; } }

  // The page was asked for while a save of the one before it was still under way: take over what has arrived since.
  async catchUp() {
    if (this.waiting() || this.running) return;
    this.running = this.#send(false);
    await this.running;
    this.running = null;
  }

  // Take up what was left here by a page that was closed; gives how many cells.
  restore() {
    let left = null;
    try { left = JSON.parse(localStorage.getItem(this.key)); } catch { left = null; }
    if (!left) return 0;
    const { sheet } = this, taken = {};
    for (const [section, keys] of Object.entries(left.rows || {})) {
      if (!sheet.bySection.get(section)?.repeated) continue;
      const present = sheet.rows.get(section), extra = keys.filter((key) => !present.includes(key));
      if (left.revision === this.revision) sheet.receive({}, { [section]: keys });
      else if (extra.length) sheet.receive({}, { [section]: [...present, ...extra] });
      this.rowsChanged = true;
    }
    for (const [address, [base, mine]] of Object.entries(left.cells || {})) {
      const theirs = sheet.cells.get(address) ?? null;
      if (!sheet.exists(address) && mine !== null) continue;
      if (theirs === mine) continue;
      this.base.set(address, theirs);
      if (theirs !== base) this.conflicts.set(address, { mine, theirs });
      taken[address] = mine;
    }
    sheet.receive(taken);
    for (const [address, reason] of Object.entries(left.reasons || {})) { reason ? sheet.reasons.set(address, reason) : sheet.reasons.delete(address); this.reasonsChanged.add(address); }
    this.#keep();
    if (this.conflicts.size) this.#conflict();
    else if (this.waiting()) this.flush();
    return Object.keys(taken).length;
  }

  // ---- to the server
  #later() {
    const now = Date.now();
    this.since ??= now;
    clearTimeout(this.timer);
    if (this.status !== "offline" && this.status !== "signed-out") this.#tell("waiting");
    this.timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE, this.since + LONGEST - now)));
  }

  // Send all that waits; true when the server has everything.
  async flush({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.stopped || this.conflicts.size) return false;
    if (this.running) { await this.running; if (!this.waiting() || this.status === "offline") return !this.waiting(); }
    if (!this.waiting()) { this.#tell("saved"); return true; }
    this.running = this.#send(keepalive);
    const done = await this.running;
    this.running = null;
    if (done && this.waiting()) return this.flush();
    return done;
  }

  async #send(keepalive) {
    const { sheet } = this;
    this.since = undefined;
    const sent = new Map([...this.base].map(([address]) => [address, sheet.cells.get(address) ?? null]));
    const rowsSent = this.rowsChanged || [...sent.keys()].some((address) => sheet.parts(address).section.repeated);
    const reasonsSent = [...this.reasonsChanged];
    const live = Object.fromEntries([...sent].filter(([address]) => sheet.exists(address)));
    const rows = rowsSent ? Object.fromEntries([...sheet.rows.keys()].map((key) => [key, sheet.sentRows(sheet.bySection.get(key))])) : null;
    const reasons = reasonsSent.length ? Object.fromEntries(reasonsSent.map((address) => [address, sheet.reasons.get(address) ?? ""])) : null;
    // A cleared cell in a row that is not sent (nothing stands in it any more) needs no word of its own.
    if (rows) for (const address of Object.keys(live)) { const { section, row } = sheet.parts(address); if (section.repeated && !rows[section.key].includes(row)) delete live[address]; }
    this.#tell("saving");
    this.rowsChanged = false;
    this.reasonsChanged.clear();
    const restore = () => { this.rowsChanged ||= rowsSent; for (const address of reasonsSent) this.reasonsChanged.add(address); };
    try {
      const { status, body } = await send(this.url, { revision: this.revision, cells: live, rows, reasons }, { method: "PATCH", keepalive });
      if (status === 200) { this.#taken(sent, body); return true; }
      restore();
      if (status === 409 && body.cells) return this.#merge(body);
      if (status === 401) { this.#keep(); this.#tell("signed-out"); return false; }
      this.stopped = true;
      this.#keep();
      this.#tell("refused");
      this.dispatchEvent(new CustomEvent("closed", { detail: { message: body.message || "没有保存，请刷新页面。" } }));
      return false;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      restore();
      this.#keep();
      this.#tell("offline");
      this.timer = setTimeout(() => this.flush(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
      return false;
    }
  }

  #taken(sent, body) {
    const { sheet } = this;
    this.tries = 0;
    this.revision = body.revision;
    this.#note();
    const settled = [], received = {};
    for (const [address, text] of sent) {
      if ((sheet.cells.get(address) ?? null) !== text) { this.base.set(address, text); continue; } // typed again meanwhile
      this.base.delete(address);
      settled.push(address);
      const stored = body.cells?.[address];
      if (stored !== undefined && stored !== text) received[address] = stored; // “1.2万” became 12000
    }
    Object.assign(this.sheet.data.names.units, body.units || {});
    Object.assign(received, this.#computed(body.computed || {}));
    sheet.receive(received);
    if (body.state) this.#others(body.state);
    sheet.judged(body.problems, settled);
    this.#keep();
    this.#tell(this.waiting() ? "waiting" : "saved");
    this.dispatchEvent(new CustomEvent("saved", { detail: { body } }));
  }

  // Computed cells as they are now; those that have no result any more are blank.
  #computed(computed) {
    const { sheet } = this, found = {};
    for (const address of sheet.cells.keys()) if (sheet.parts(address).field?.formula && !(address in computed)) found[address] = null;
    for (const [address, text] of Object.entries(computed)) if (sheet.get(address) !== text) found[address] = text;
    return found;
  }

  // A colleague's cells came in with the answer; what waits here stays.
  #others(state) {
    const { sheet } = this, received = {};
    Object.assign(sheet.data.names.units, state.units || {});
    for (const [address, text] of Object.entries(state.cells)) if (!this.base.has(address) && sheet.get(address) !== text) received[address] = text;
    for (const address of [...sheet.cells.keys()]) if (!(address in state.cells) && !this.base.has(address) && !sheet.parts(address).field?.formula) received[address] = null;
    const rows = {};
    for (const [key, keys] of Object.entries(state.rows || {})) rows[key] = [...keys, ...sheet.sentRows(sheet.bySection.get(key)).filter((row) => !keys.includes(row) && [...this.base.keys()].some((address) => address.startsWith(`${key}.${row}.`)))];
    sheet.receive(received, rows);
  }

  // A colleague saved in between: take over the cells that were not touched here, ask about those that were.
  #merge(body) {
    const { sheet } = this;
    const repeated = this.retried === body.revision;
    this.retried = body.revision;
    const conflicts = new Map(), received = {}, open = (address) => sheet.parts(address).field && !sheet.parts(address).field.formula;
    const all = new Set([...Object.keys(body.cells), ...sheet.cells.keys()]);
    for (const address of all) {
      const theirs = body.cells[address] ?? null, mine = sheet.cells.get(address) ?? null;
      if (!this.base.has(address)) { if (theirs !== mine && open(address)) received[address] = theirs; continue; }
      if (theirs === mine) this.base.delete(address);
      else { if (theirs !== this.base.get(address) && open(address)) conflicts.set(address, { mine, theirs }); this.base.set(address, theirs); }
    }
    this.revision = body.revision;
    this.#note();
    const rows = {};
    for (const [key, keys] of Object.entries(body.rows || {})) {
      if (!sheet.bySection.get(key)?.repeated) continue;
      const mine = this.rowsChanged || [...this.base.keys()].some((address) => address.startsWith(`${key}.`)) ? sheet.sentRows(sheet.bySection.get(key)).filter((row) => !keys.includes(row)) : [];
      rows[key] = [...keys, ...mine];
    }
    for (const [address, reason] of Object.entries(body.reasons || {})) if (!this.reasonsChanged.has(address)) sheet.reasons.set(address, reason);
    sheet.receive(received, rows);
    for (const [address, clash] of conflicts) this.conflicts.set(address, clash);
    this.by = body.by;
    this.#keep();
    if (this.conflicts.size) { this.#conflict(); return false; }
    if (repeated) { this.#tell("offline"); return false; }
    this.#tell("saving");
    return true; // flush() goes on with what still waits
  }

  #conflict() {
    this.#tell("conflict");
    this.dispatchEvent(new CustomEvent("conflict", { detail: { by: this.by, cells: new Map(this.conflicts) } }));
  }

  // choice: address → true to keep mine.
  resolve(keepMine) {
    const theirs = {};
    for (const [address, clash] of this.conflicts) if (!keepMine(address)) { theirs[address] = clash.theirs; this.base.delete(address); }
    this.conflicts.clear();
    this.sheet.receive(theirs);
    this.#keep();
    return this.flush();
  }

  forget() { this.base.clear(); this.reasonsChanged.clear(); this.rowsChanged = false; this.#keep(); }
}
