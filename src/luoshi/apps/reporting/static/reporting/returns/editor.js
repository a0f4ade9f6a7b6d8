// Typing in the current cell: free text, or a list to choose from (choices, units), or a day from the calendar.

import { h, send } from "./page.js";
import { shown } from "./values.js";

const LISTED = new Set(["choice", "unit"]);

export class Editor {
  constructor(grid) {
    this.grid = grid;
    this.mode = null; // "replace": arrows leave the cell; "all": they move within the text
    const { input } = grid;
    input.addEventListener("input", () => { if (!this.mode) this.open("replace"); else this.#typed(); });
    input.addEventListener("compositionstart", () => { if (!this.mode) this.open("replace"); });
    input.addEventListener("blur", () => setTimeout(() => { if (this.mode && document.activeElement !== input && !this.list?.contains(document.activeElement) && !this.calendar) this.commit(); }));
  }

  get isOpen() { return this.mode !== null; }

  open(mode) {
    const { grid } = this, { sheet, input } = grid;
    if (this.mode || !grid.at) return;
    const field = grid.field();
    if (field.type === "file") { grid.onFile?.(grid.address()); return; }
    if (!grid.isOpen()) { input.value = ""; return; }
    this.mode = mode;
    this.address = grid.address();
    this.start = sheet.get(this.address);
    const td = grid.painter.tds.get(this.address);
    td.classList.add("is-editing");
    if (mode === "all") {
      input.value = LISTED.has(field.type) ? "" : this.start;
      input.placeholder = LISTED.has(field.type) ? shown(field, this.start, grid.names) || "输入名称查找" : "";
      input.focus({ preventScroll: true });
      input.select();
      input.setSelectionRange(input.value.length, input.value.length);
    }
    if (LISTED.has(field.type)) this.#openList(field);
    if (field.type === "date") this.#openCalendar(td);
    this.#typed();
  }

  #typed() {
    const { input } = this.grid;
    input.style.height = "";
    if (input.scrollHeight > input.clientHeight + 2) input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
    if (this.list) this.#search();
  }

  key(event) {
    const { key } = event, { grid } = this;
    const leave = (move) => { event.preventDefault(); if (this.commit()) move(); };
    if (key === "Escape") { event.preventDefault(); this.cancel(); return; }
    if (this.list && (key === "ArrowDown" || key === "ArrowUp")) { event.preventDefault(); this.#choose(key === "ArrowDown" ? 1 : -1); return; }
    if (key === "Enter" && event.altKey && grid.field().type === "text") { event.preventDefault(); grid.input.setRangeText("\n", grid.input.selectionStart, grid.input.selectionEnd, "end"); this.#typed(); return; }
    if (key === "Enter") leave(() => grid.step([event.shiftKey ? -1 : 1, 0]));
    else if (key === "Tab") leave(() => grid.next(event.shiftKey));
    else if (this.mode === "replace" && !this.list && key.startsWith("Arrow")) leave(() => grid.step({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key]));
    else if (key === "F2") { event.preventDefault(); this.mode = "all"; }
  }

  commit() {
    if (!this.mode) return true;
    const { grid, address } = this;
    const { field } = grid.sheet.parts(address);
    let text = grid.input.value;
    if (this.list) {
      const picked = this.picked >= 0 ? this.options[this.picked] : null;
      if (picked) { if (field.type === "unit") grid.names.units[picked.key] = picked.label; text = picked.key; }
      else if (!text.trim()) text = this.start;
    }
    this.close();
    if (text !== this.start) grid.sheet.type([[address, text]]);
    return true;
  }

  cancel() { this.close(); this.grid.input.focus({ preventScroll: true }); }

  close() {
    this.mode = null;
    this.list?.remove();
    this.list = null;
    this.calendarButton?.remove();
    this.calendarButton = null;
    this.grid.painter.tds.get(this.address)?.classList.remove("is-editing");
    Object.assign(this.grid.input, { value: "", placeholder: "" });
    this.grid.input.style.height = "";
  }

  #openCalendar(td) {
    const day = h("input", { type: "date", tabindex: "-1", value: /^\d{4}-\d{2}-\d{2}$/.test(this.start) ? this.start : "", onchange: () => { this.grid.input.value = day.value; this.calendar = false; this.commit(); this.grid.go(this.grid.at); } });
    this.calendarButton = h("span", { class: "sheet-calendar" }, h("button", { type: "button", tabindex: "-1", title: "从日历选", onmousedown: (event) => { event.preventDefault(); event.stopPropagation(); this.calendar = true; day.showPicker?.(); setTimeout(() => { this.calendar = false; }, 60_000); } }, h("i", { class: "ti ti-calendar", "aria-hidden": "true" })), day);
    td.append(this.calendarButton);
  }

  #openList(field) {
    this.list = h("div", { class: "sheet-list", role: "listbox" });
    this.options = [];
    this.picked = -1;
    this.listed = field;
    document.body.append(this.list);
    this.#search();
  }

  async #search() {
    const text = this.grid.input.value.trim(), field = this.listed;
    if (field.type === "choice") { this.#show(field.choices.filter((one) => !text || one.label.includes(text) || one.key === text)); return; }
    const asked = (this.asked = (this.asked || 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (asked !== this.asked || !this.list) return;
    try {
      const { status, body } = await send(`${this.grid.urls.units}?q=${encodeURIComponent(text)}`);
      if (asked === this.asked && this.list) this.#show(status === 200 ? body.units : []);
    } catch {
      if (this.list) this.#show(Object.entries(this.grid.names.units).filter(([, name]) => name.includes(text)).map(([key, label]) => ({ key, label })));
    }
  }

  #show(options) {
    if (!this.list) return;
    this.options = options;
    const typed = this.grid.input.value.trim();
    this.picked = typed ? (options.length ? 0 : -1) : options.findIndex((one) => one.key === this.start);
    this.list.replaceChildren(...(options.length ? options.map((one, index) => h("div", { role: "option", onmousedown: (event) => { event.preventDefault(); this.picked = index; this.commit(); this.grid.go(this.grid.at); } }, one.label, one.note && h("small", {}, one.note))) : [h("div", { class: "none" }, "没有找到，请换个名称")]));
    this.#choose(0);
    this.#place();
  }

  #choose(by) {
    if (by && this.options.length) this.picked = (this.picked + by + this.options.length) % this.options.length;
    [...this.list.children].forEach((node, index) => { node.classList.toggle("is-picked", index === this.picked); if (index === this.picked) node.scrollIntoView({ block: "nearest" }); });
  }

  #place() {
    const spot = this.grid.painter.tds.get(this.address).getBoundingClientRect(), { style } = this.list;
    const height = Math.min(this.list.scrollHeight, 240), below = innerHeight - spot.bottom > height + 60;
    style.left = `${Math.max(4, Math.min(spot.left, innerWidth - 230))}px`;
    style.minWidth = `${Math.max(spot.width, 160)}px`;
    style.top = `${below ? spot.bottom : Math.max(4, spot.top - height)}px`;
  }
}
