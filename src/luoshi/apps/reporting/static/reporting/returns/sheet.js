// The return as it stands in this window: sections, rows, cells, what may be undone, what is wrong with it.
// Tells: "cells" {addresses}, "rows" {section}, "problems", "edited" {cells: {address: before}, rows: bool, reasons}.

import { parse, sum } from "./values.js";

const MOST_STEPS = 200;

export class Sheet extends EventTarget {
  constructor(data) {
    super();
    this.data = data;
    this.sections = data.sections;
    this.bySection = new Map(data.sections.map((section) => [section.key, section]));
    for (const section of this.sections) {
      section.byField = new Map(section.fields.map((field) => [field.key, field]));
      section.byRow = new Map((section.rows || []).map((row) => [row.key, row]));
      for (const row of section.rows || []) row.blocked = new Set(row.blocked);
    }
    this.editable = data.editable;
    this.cells = new Map(Object.entries(data.cells));
    this.rows = new Map(this.sections.filter((section) => section.repeated).map((section) => [section.key, [...(data.rows[section.key] || [])]]));
    this.reasons = new Map(Object.entries(data.reasons));
    this.server = data.problems;
    this.local = new Map();
    this.past = [];
    this.future = [];
    this.made = 0;
    if (this.editable) for (const section of this.sections) if (section.repeated) this.#fillUp(section);
  }

  // A repeated section without rows shows one to type into; it is sent only once something stands in it.
  #fillUp(section) {
    const rows = this.rows.get(section.key);
    while (rows.length < Math.max(1, section.least_rows)) rows.push(this.newKey());
  }

  newKey() { this.made += 1; return `r${Date.now().toString(36)}${this.made.toString(36)}${Math.random().toString(36).slice(2, 5)}`; }
  tell(type, detail = {}) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  rowKeys(section) { return section.repeated ? this.rows.get(section.key) : section.rows.map((row) => row.key); }
  rowLabel(section, key) { return section.repeated ? `第${this.rowKeys(section).indexOf(key) + 1}行` : section.byRow.get(key)?.label ?? key; }
  parts(address) {
    const [sectionKey, row, fieldKey] = address.split(".");
    const section = this.bySection.get(sectionKey);
    return { section, row, field: section?.byField.get(fieldKey) };
  }
  // “第三行 企业户数”, in words, for messages and lists.
  placeName(address) {
    const { section, row, field } = this.parts(address);
    if (!field) return "整张表";
    const only = section.repeated || section.rows.length > 1;
    return `${this.sections.length > 1 ? `${section.title} · ` : ""}${only ? `${this.rowLabel(section, row)} · ` : ""}${field.label}`;
  }
  get(address) { return this.cells.get(address) ?? ""; }
  isBlocked(section, row, field) { return !section.repeated && (section.byRow.get(row)?.blocked.has(field.key) ?? false); }
  isOpen(section, row, field) { return this.editable && !field.formula && !this.isBlocked(section, row, field); }
  // The sum of a total row's parts in a typed column, once all are filled in; null where nothing is to be added.
  sumOf(section, row, field) {
    const parts = section.repeated || !field.added ? [] : (section.byRow.get(row)?.parts || []).filter((part) => !this.isBlocked(section, part, field));
    const texts = parts.map((part) => this.get(`${section.key}.${part}.${field.key}`));
    return texts.length && texts.every((text) => /^-?\d+(\.\d+)?$/.test(text)) ? sum(texts) : null;
  }
  // Addresses of the totals of which a cell is a part.
  totalsOf(address) {
    const { section, row, field } = this.parts(address);
    if (!field || section.repeated) return [];
    return section.rows.filter((one) => one.parts.includes(row)).map((one) => `${section.key}.${one.key}.${field.key}`);
  }
  exists(address) { const { section, row, field } = this.parts(address); return !!field && this.rowKeys(section).includes(row); }

  // What a person types: [[address, text]] in canonical or raw form; with new rows where a block needs them.
  type(entries, rows = null) {
    const before = {}, after = {};
    for (const [address, typed] of entries) {
      const { section, row, field } = this.parts(address);
      if (!field || !this.isOpen(section, row, field)) continue;
      const { text, problem } = parse(field, typed ?? "");
      if (problem) this.local.set(address, { address, ...problem });
      else this.local.delete(address);
      if ((this.cells.get(address) ?? null) === text) continue;
      before[address] = this.cells.get(address) ?? null;
      after[address] = text;
    }
    const rowsBefore = rows ? Object.fromEntries(Object.keys(rows).map((key) => [key, [...this.rows.get(key)]])) : null;
    if (!Object.keys(after).length && !rows) { this.tell("problems"); return; }
    this.past.push({ before, after, rowsBefore, rowsAfter: rows });
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    this.#put(after, rows, before);
  }

  #put(cells, rows, before) {
    for (const [section, keys] of Object.entries(rows || {})) this.rows.set(section, [...keys]);
    for (const [address, text] of Object.entries(cells)) text === null ? this.cells.delete(address) : this.cells.set(address, text);
    const touched = new Set(Object.keys(cells));
    this.server = this.server.filter((problem) => !touched.has(problem.address));
    for (const section of Object.keys(rows || {})) this.tell("rows", { section });
    this.tell("cells", { addresses: [...touched] });
    this.tell("problems");
    this.tell("edited", { cells: before, rows: !!rows });
  }

  #again(cells, rows) {
    const before = Object.fromEntries(Object.keys(cells).map((address) => [address, this.cells.get(address) ?? null]));
    for (const [address, text] of Object.entries(cells)) {
      const { field } = this.parts(address);
      const { problem } = field ? parse(field, text ?? "") : {};
      problem ? this.local.set(address, { address, ...problem }) : this.local.delete(address);
    }
    this.#put(cells, rows, before);
    return Object.keys(cells)[0] ?? null;
  }
  undo() { const step = this.past.pop(); if (!step) return null; this.future.push(step); return this.#again(step.before, step.rowsBefore) ?? ""; }
  redo() { const step = this.future.pop(); if (!step) return null; this.past.push(step); return this.#again(step.after, step.rowsAfter) ?? ""; }

  room(section) { return section.most_rows - this.rows.get(section.key).length; }
  addRows(section, count, at = this.rows.get(section.key).length) {
    const keys = [...this.rows.get(section.key)];
    const made = Array.from({ length: Math.min(count, this.room(section)) }, () => this.newKey());
    keys.splice(at, 0, ...made);
    if (made.length) this.type([], { [section.key]: keys });
    return made;
  }
  removeRows(section, gone) {
    const keys = this.rows.get(section.key).filter((key) => !gone.includes(key));
    while (keys.length < Math.max(1, section.least_rows)) keys.push(this.newKey());
    const before = {}, after = {};
    for (const row of gone) for (const field of section.fields) {
      const address = `${section.key}.${row}.${field.key}`;
      this.local.delete(address);
      if (this.cells.has(address)) { before[address] = this.cells.get(address); after[address] = null; }
    }
    const step = { before, after, rowsBefore: { [section.key]: [...this.rows.get(section.key)] }, rowsAfter: { [section.key]: keys } };
    this.past.push(step);
    this.future = [];
    this.#put(after, step.rowsAfter, before);
  }

  // Rows worth sending: those in which something stands, up to the last of them.
  sentRows(section) {
    const keys = this.rows.get(section.key);
    const used = (row) => section.fields.some((field) => this.cells.has(`${section.key}.${row}.${field.key}`));
    let last = keys.length;
    while (last > 0 && !used(keys[last - 1])) last -= 1;
    return keys.slice(0, last);
  }

  // What came from the server (a colleague's cells, computed ones): shown, not undone, not sent.
  receive(cells, rows = null) {
    for (const [address, text] of Object.entries(cells)) text === null || text === "" ? this.cells.delete(address) : this.cells.set(address, text);
    for (const [key, keys] of Object.entries(rows || {})) {
      const section = this.bySection.get(key);
      if (!section?.repeated) continue;
      this.rows.set(key, [...keys]);
      if (this.editable) this.#fillUp(section);
      this.tell("rows", { section: key });
    }
    this.tell("cells", { addresses: Object.keys(cells) });
  }

  judged(problems, settled = []) {
    this.server = problems;
    for (const address of settled) this.local.delete(address);
    this.tell("problems");
  }

  explain(address, reason) {
    if ((this.reasons.get(address) || "") === reason) return;
    reason ? this.reasons.set(address, reason) : this.reasons.delete(address);
    this.tell("problems");
    this.tell("edited", { cells: {}, rows: false, reasons: address });
  }

  // All that stands against submitting, hard first: {address, severity, code, message, explained}.
  problems() {
    const found = [...this.local.values()];
    for (const problem of this.server) if (problem.code !== "required" && !this.local.has(problem.address)) found.push(problem);
    for (const address of this.missing()) if (!this.local.has(address)) found.push({ address, severity: "hard", code: "required", message: "必填，还没有填" });
    const rank = { hard: 0, soft: 1 };
    // One reason answers all that is odd about a cell: it is asked for once. What only follows from other cells (a total,
    // a computed one) takes their reasons and is not asked about.
    const soft = new Map();
    for (const problem of found) if (problem.severity === "soft" && !(this.editable && problem.follows?.length)) soft.set(problem.address, soft.has(problem.address) ? { ...problem, message: `${soft.get(problem.address).message}；${problem.message}` } : problem);
    return [...found.filter((problem) => problem.severity !== "soft"), ...soft.values()]
      .map((problem) => ({ ...problem, explained: problem.severity === "soft" && !!this.reasons.get(problem.address) }))
      .sort((a, b) => rank[a.severity] - rank[b.severity] || (a.code === "required") - (b.code === "required"));
  }

  missing() {
    const found = [];
    for (const section of this.sections) {
      const required = section.fields.filter((field) => field.required && !field.formula);
      if (!required.length) continue;
      const keys = section.repeated ? this.sentRows(section) : this.rowKeys(section);
      for (const row of keys) for (const field of required) {
        const address = `${section.key}.${row}.${field.key}`;
        if (!this.isBlocked(section, row, field) && !this.cells.has(address)) found.push(address);
      }
    }
    return found;
  }
}
