// Choosing units. A text field marked data-unit-picker offers the units that the server finds for what is typed; a select
// so marked becomes a field that searches its options. Without this script both remain what they are, and the server reads
// names as well. What is sent: the chosen unit's value in place of its label (formdata), else the text as it was typed.

const WAIT = 180;
const FEW = 9; // options that are seen at once need no search
let serial = 0;
const known = new WeakMap();

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const plain = (text) => text.normalize("NFKC").replace(/[\s·]/g, "").toLowerCase();
const parts = (text) => (text || "").split("；").filter(Boolean);

async function ask(address, values) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(values)) if (value) url.searchParams.set(name, value);
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!response.ok || !response.headers.get("Content-Type")?.includes("json")) throw new Error(String(response.status));
  return (await response.json()).units;
}

/** What the field and the list below it have in common: asking, painting, keys. */
class Picker {
  constructor(input) {
    this.input = input;
    this.id = `units-${++serial}`;
    this.rows = [];
    this.current = -1;
    this.asked = 0;
    this.timer = 0;
    this.waits = false;
    this.enters = false;
    this.list = h("div", { class: "unit-list", role: "listbox", id: this.id, hidden: true, "aria-label": "单位", onmousedown: (event) => { if (!event.target.closest("label")) event.preventDefault(); } });
    const set = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id, autocomplete: "off" };
    for (const [name, value] of Object.entries(set)) input.setAttribute(name, value);
    input.classList.add("unit-input");
    input.addEventListener("input", () => { this.typed(); this.later(); });
    input.addEventListener("click", () => { if (this.list.hidden) this.search(); });
    input.addEventListener("keydown", (event) => this.key(event));
    const gone = () => setTimeout(() => { if (document.activeElement !== input && !this.list.contains(document.activeElement)) this.leave(); }, 120);
    input.addEventListener("blur", gone);
    this.list.addEventListener("focusout", gone);
  }

  typed() {}
  shownText() { return this.input.value.trim(); }
  footer() { return null; }

  later() { clearTimeout(this.timer); this.waits = true; this.timer = setTimeout(() => this.search(), WAIT); }

  async search() {
    clearTimeout(this.timer);
    this.waits = true;
    const turn = ++this.asked;
    const text = this.queryText();
    let said = "";
    let rows = [];
    try { rows = await this.find(text); if (!rows.length) said = "没有找到，换几个字试试。"; } catch { said = "连不上服务器，可以直接写出单位名称。"; }
    if (turn !== this.asked) return;
    this.waits = false;
    this.rows = rows;
    this.current = text && rows.length ? 0 : -1;
    if (this.enters) { this.enters = false; if (rows.length) { this.choose(rows[0]); return; } }
    if (document.activeElement === this.input || this.list.contains(document.activeElement)) this.open(said);
  }

  open(said = "") {
    const lines = this.rows.map((row, index) => h("div", { role: "option", id: `${this.id}-${index}`, class: "unit-option", "aria-selected": "false", onclick: () => this.choose(row), onmousemove: () => { if (this.current !== index) { this.current = index; this.paint(); } } },
      h("span", {}, row.label), row.note ? h("small", {}, row.note) : null));
    this.list.replaceChildren(...(lines.length ? lines : [h("p", {}, said)]), ...[this.footer()].filter(Boolean));
    (this.input.closest("dialog") || document.body).append(this.list);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.place();
    this.paint();
    if (!this.follow) { this.follow = () => this.place(); addEventListener("scroll", this.follow, true); addEventListener("resize", this.follow); }
  }

  place() {
    const box = this.input.getBoundingClientRect();
    const width = Math.min(Math.max(box.width, 288), innerWidth - 16);
    const below = innerHeight - box.bottom;
    const up = below < 220 && box.top > below;
    const style = { width: `${width}px`, left: `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`, maxHeight: `${Math.max(120, Math.min(320, (up ? box.top : below) - 12))}px`, top: up ? "auto" : `${box.bottom + 2}px`, bottom: up ? `${innerHeight - box.top + 2}px` : "auto" };
    Object.assign(this.list.style, style);
  }

  paint() {
    const lines = [...this.list.querySelectorAll("[role=option]")];
    lines.forEach((line, index) => { line.classList.toggle("is-current", index === this.current); line.setAttribute("aria-selected", String(index === this.current)); });
    const line = lines[this.current];
    if (line) { line.scrollIntoView({ block: "nearest" }); this.input.setAttribute("aria-activedescendant", line.id); } else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.list.hidden = true;
    this.list.remove();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.follow) { removeEventListener("scroll", this.follow, true); removeEventListener("resize", this.follow); this.follow = null; }
  }

  leave() { clearTimeout(this.timer); this.asked += 1; this.waits = false; this.close(); this.left(); }
  left() {}

  key(event) {
    if (event.isComposing) return;
    const shut = this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (shut) { this.search(); return; }
      if (!this.rows.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.current = this.current < 0 ? (step > 0 ? 0 : this.rows.length - 1) : (this.current + step + this.rows.length) % this.rows.length;
      this.paint();
    } else if (event.key === "Enter") {
      if (this.waits) { event.preventDefault(); event.stopPropagation(); this.enters = true; this.search(); } else if (!shut && this.rows[this.current]) { event.preventDefault(); event.stopPropagation(); this.choose(this.rows[this.current]); }
    } else if (event.key === "Escape") {
      if (!shut) { event.preventDefault(); event.stopPropagation(); this.close(); }
    } else if (event.key === "Tab" && !shut && this.queryText() && this.rows[this.current]) this.choose(this.rows[this.current]);
    else if (event.key === "Backspace" && !this.input.value) this.rub();
  }

  rub() {}
}

/** A text field: one unit, or several that stand before it as removable marks. */
class TextPicker extends Picker {
  constructor(input) {
    super(input);
    this.many = input.dataset.unitPicker === "many";
    this.ended = false;
    const values = parts(input.dataset.values);
    const labels = parts(input.value);
    if (this.many) {
      this.chosen = values.map((value, index) => ({ value, label: labels[index] }));
      this.required = input.required;
      this.marks = h("div", { class: "unit-marks", "aria-live": "polite" });
      input.before(this.marks);
      input.value = input.dataset.rest || "";
      this.mark();
    } else {
      this.value = values[0] || "";
      this.label = this.value ? input.value : "";
    }
    input.form?.addEventListener("formdata", (event) => this.send(event.formData));
  }

  queryText() { return !this.many && this.value && this.input.value === this.label ? "" : this.shownText(); }
  typed() { if (!this.many && this.input.value !== this.label) this.value = ""; }
  valueOf(row) { return String(this.input.dataset.valueAs === "id" ? row.id : row.key); }

  find(text) {
    const { options, scope, of } = this.input.dataset;
    return ask(options, { q: text, scope, of, ended: this.ended ? "1" : "", many: this.many ? "1" : "" });
  }

  footer() {
    if (this.input.dataset.ended !== "ask") return null;
    const box = h("input", { type: "checkbox", class: "form-check-input me-1", checked: this.ended, onchange: () => { this.ended = box.checked; this.input.focus(); this.search(); } });
    return h("label", { class: "unit-ended" }, box, "含已撤销单位");
  }

  choose(row) {
    if (this.many) {
      const rows = row.members?.length ? row.members : [row];
      const had = new Set(this.chosen.map((one) => one.value));
      this.chosen.push(...rows.map((one) => ({ value: this.valueOf(one), label: one.label })).filter((one) => !had.has(one.value)));
      this.input.value = "";
      this.mark();
    } else {
      this.value = this.valueOf(row);
      this.label = row.label;
      this.input.value = row.label;
      this.input.title = row.note || "";
    }
    this.input.classList.remove("is-invalid");
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  mark() {
    this.marks.replaceChildren(...this.chosen.map((one, index) => h("span", { class: "unit-mark" }, one.label,
      h("button", { type: "button", title: `去掉${one.label}`, "aria-label": `去掉${one.label}`, onclick: () => { this.chosen.splice(index, 1); this.mark(); this.input.focus(); this.input.dispatchEvent(new Event("change", { bubbles: true })); } }, "×"))));
    this.input.required = this.required && !this.chosen.length;
  }

  rub() { if (this.many && this.chosen.length) { this.chosen.pop(); this.mark(); } }

  // Who types a name in full need not choose it.
  left() {
    const text = plain(this.shownText());
    const row = text && !this.value ? this.rows.find((one) => plain(one.label) === text) : null;
    if (row) this.choose(row);
  }

  send(data) {
    const { name } = this.input;
    if (!name || this.input.disabled || !data.has(name)) return;
    if (!this.many) { if (this.value && this.input.value === this.label) data.set(name, this.value); return; }
    data.delete(name);
    for (const one of this.chosen) data.append(name, one.value);
    if (this.shownText() || !this.chosen.length) data.append(name, this.shownText());
  }
}

/** A select: its options are searched; those that the server finds by a former or other name count as well. */
class SelectPicker extends Picker {
  constructor(select) {
    const input = h("input", { type: "text", spellcheck: "false", class: select.className.replaceAll("form-select", "form-control"), "aria-label": select.getAttribute("aria-label") });
    super(input);
    this.select = select;
    if (select.id) { input.id = select.id; select.id = `${select.id}-select`; }
    input.required = select.required;
    input.disabled = select.disabled;
    select.required = false;
    select.before(input);
    select.classList.add("visually-hidden");
    select.tabIndex = -1;
    select.setAttribute("aria-hidden", "true");
    select.addEventListener("change", () => this.show());
    addEventListener("pageshow", () => this.show());
    this.show();
  }

  show() {
    const option = this.select.selectedOptions[0];
    const empty = !option || option.value === "";
    this.input.placeholder = [...this.select.options].find((one) => one.value === "")?.textContent.trim() || "请选择";
    this.input.value = empty ? "" : option.textContent.trim();
    this.label = this.input.value;
    this.input.setCustomValidity("");
  }

  queryText() { return this.input.value === this.label ? "" : this.shownText(); }
  typed() { this.input.setCustomValidity(this.shownText() && this.input.value !== this.label ? "请从列表中选择单位。" : ""); }

  async find(text) {
    const rows = [...this.select.options].filter((option) => option.value !== "" || !text).map((option) => ({ value: option.value, label: option.textContent.trim(), note: "" }));
    const words = text.split(/\s+/).map(plain).filter(Boolean);
    const near = (row) => { const label = plain(row.label); const place = words.map((word) => label.indexOf(word)); return place.every((one) => one >= 0) ? Math.min(...place, 99) : -1; };
    const found = rows.map((row) => [near(row), row]).filter(([rank]) => !words.length || rank >= 0);
    if (found.length || !this.select.dataset.options) return found.map(([, row]) => row);
    const named = new Map((await ask(this.select.dataset.options, { q: text, ended: "1" })).map((unit) => [String(this.select.dataset.valueAs === "id" ? unit.id : unit.key), unit.note]));
    return rows.filter((row) => named.has(row.value)).map((row) => ({ ...row, note: named.get(row.value) }));
  }

  choose(row) {
    this.select.value = row.value;
    this.close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  left() {
    const text = plain(this.shownText());
    if (this.input.value === this.label) return;
    const option = [...this.select.options].find((one) => (text ? plain(one.textContent) === text : one.value === ""));
    if (option) this.choose({ value: option.value }); else if (!text) this.show();
  }
}

/** Makes every marked field below a node a picker; those that are already stay as they are. */
export function enhance(root = document) {
  for (const field of root.querySelectorAll("[data-unit-picker]")) {
    if (known.has(field)) continue;
    const focused = document.activeElement === field;
    if (field.matches("select")) {
      if (field.options.length <= FEW) continue;
      known.set(field, new SelectPicker(field));
    } else known.set(field, new TextPicker(field));
    if (focused) known.get(field).input.focus();
  }
}

enhance();
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt.parentElement || document));
