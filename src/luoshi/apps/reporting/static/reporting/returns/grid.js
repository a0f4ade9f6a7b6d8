// The cursor and the keys: a grid that behaves as a spreadsheet does. One textarea lies in the current cell: unseen while
// one moves about, seen while one types; so input methods, the clipboard and the keys of a phone work of themselves.

import { blockText, plan } from "./clipboard.js";
import { Editor } from "./editor.js";
import { h, toast } from "./page.js";
import { NUMERIC } from "./values.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Grid extends EventTarget {
  constructor(sheet, painter, { names, urls, onFile = null }) {
    super();
    Object.assign(this, { sheet, painter, names, urls, onFile, at: null, anchor: null });
    this.input = h("textarea", { class: "sheet-input", rows: "1", autocomplete: "off", autocapitalize: "off", spellcheck: "false", readonly: !sheet.editable });
    this.editor = new Editor(this);
    painter.root.addEventListener("mousedown", (event) => this.#down(event));
    painter.root.addEventListener("mouseover", (event) => this.#over(event));
    painter.root.addEventListener("dblclick", (event) => { if (event.target.closest("td")) this.editor.open("all"); });
    document.addEventListener("mouseup", () => { this.dragging = false; });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("copy", (event) => this.#copy(event, false));
    this.input.addEventListener("cut", (event) => this.#copy(event, true));
    this.input.addEventListener("paste", (event) => this.#paste(event));
    sheet.addEventListener("rows", () => this.#redrawn());
  }

  // Places: {section: number, row: number, column: number}.
  section(at = this.at) { return this.sheet.sections[at.section]; }
  rowKey(at = this.at) { return this.sheet.rowKeys(this.section(at))[at.row]; }
  field(at = this.at) { return this.section(at).fields[at.column]; }
  address(at = this.at) {
    const row = at && this.rowKey(at), field = at && this.field(at);
    return row && field ? `${this.section(at).key}.${row}.${field.key}` : null;
  }
  placeOf(address) {
    const { section, row, field } = this.sheet.parts(address);
    if (!field) return null;
    const at = { section: this.sheet.sections.indexOf(section), row: this.sheet.rowKeys(section).indexOf(row), column: section.fields.indexOf(field) };
    return at.row < 0 ? null : at;
  }
  isOpen(at = this.at) { return this.sheet.isOpen(this.section(at), this.rowKey(at), this.field(at)); }

  // Rows were drawn anew (a colleague's came in, some were removed): the cursor stays, and so does what is being typed.
  #redrawn() {
    if (!this.at) return;
    const td = this.editor.isOpen && this.painter.tds.get(this.editor.address);
    if (td) {
      this.at = this.anchor = this.placeOf(this.editor.address);
      td.classList.add("is-at", "is-editing");
      td.append(this.input);
      this.input.focus({ preventScroll: true });
      return;
    }
    this.editor.close();
    this.go(this.address() ? this.at : { ...this.at, row: Math.max(0, this.at.row - 1) }, { focus: this.painter.lostFocus });
  }

  go(at, { extend = false, focus = true } = {}) {
    const section = this.section(at), rows = this.sheet.rowKeys(section).length;
    at = { section: at.section, row: Math.max(0, Math.min(rows - 1, at.row)), column: Math.max(0, Math.min(section.fields.length - 1, at.column)) };
    for (const td of this.painter.root.querySelectorAll("td.is-at, td.is-selected")) td.classList.remove("is-at", "is-selected");
    this.at = at;
    if (!extend || this.anchor?.section !== at.section) this.anchor = at;
    const td = this.painter.tds.get(this.address());
    if (!td) return;
    for (const address of this.selected()) this.painter.tds.get(address)?.classList.add("is-selected");
    td.classList.add("is-at");
    this.input.value = "";
    this.input.setAttribute("aria-label", this.sheet.placeName(this.address()));
    this.input.inputMode = this.isOpen() && NUMERIC.has(this.field().type) ? "decimal" : this.isOpen() && !["choice", "file"].includes(this.field().type) ? "text" : "none";
    td.append(this.input);
    if (focus) { this.input.focus({ preventScroll: true }); td.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    this.dispatchEvent(new CustomEvent("moved", { detail: { address: this.address() } }));
  }

  goTo(address) {
    const at = this.placeOf(address);
    if (!at) return false;
    this.go(at);
    this.painter.tds.get(address).scrollIntoView({ block: "center", inline: "nearest" });
    return true;
  }

  box() {
    const { at, anchor } = this;
    const [top, bottom] = [Math.min(at.row, anchor.row), Math.max(at.row, anchor.row)];
    const [left, right] = [Math.min(at.column, anchor.column), Math.max(at.column, anchor.column)];
    const section = this.section();
    return { section, top, bottom, left, right, rows: this.sheet.rowKeys(section).slice(top, bottom + 1), fields: section.fields.slice(left, right + 1) };
  }
  selected() {
    const { section, rows, fields } = this.box();
    return rows.flatMap((row) => fields.map((field) => `${section.key}.${row}.${field.key}`));
  }

  #down(event) {
    if (event.target === this.input || event.target.closest("button")) return;
    const head = event.target.closest("tbody th");
    const td = event.target.closest("td[data-a]") || (head && head.nextElementSibling);
    if (!td || event.button !== 0) return;
    event.preventDefault();
    this.editor.commit();
    const at = this.placeOf(td.dataset.a);
    if (!at) return;
    const again = this.at && this.address() === td.dataset.a && !event.shiftKey;
    this.go(at, { extend: event.shiftKey });
    if (head) { this.anchor = { ...at, column: this.section().fields.length - 1 }; this.go(at, { extend: true }); }
    this.dragging = !head;
    // On a touch screen a second tap writes; with a mouse a double click does.
    if (again && matchMedia("(pointer: coarse)").matches) this.editor.open("all");
    else if (again && ["choice", "unit"].includes(this.field().type) && td.contains(event.target)) this.editor.open("all");
    if (this.field().type === "file" && (event.target.closest(".v") || again)) this.editor.open("all");
  }
  #over(event) {
    if (!this.dragging || !(event.buttons & 1)) return;
    const td = event.target.closest("td[data-a]"), at = td && this.placeOf(td.dataset.a);
    if (at && at.section === this.at.section && td.dataset.a !== this.address()) this.go(at, { extend: true });
  }

  step([down, right], extend = false) {
    const { at } = this, rows = this.sheet.rowKeys(this.section()).length;
    if (!extend && down && (at.row + down < 0 || at.row + down >= rows)) {
      const section = at.section + down;
      if (this.sheet.sections[section]) return this.go({ section, row: down > 0 ? 0 : Infinity, column: at.column });
    }
    this.go({ ...at, row: at.row + down, column: at.column + right }, { extend });
  }

  // The next cell that can be filled in, in reading order; false at the end.
  next(back = false) {
    const at = { ...this.at };
    for (;;) {
      at.column += back ? -1 : 1;
      if (at.column < 0 || at.column >= this.section(at).fields.length) {
        at.row += back ? -1 : 1;
        if (at.row < 0 || at.row >= this.sheet.rowKeys(this.section(at)).length) {
          at.section += back ? -1 : 1;
          if (!this.sheet.sections[at.section]) return false;
          at.row = back ? this.sheet.rowKeys(this.section(at)).length - 1 : 0;
        }
        at.column = back ? this.section(at).fields.length - 1 : 0;
      }
      if (!this.sheet.editable || this.isOpen(at)) { this.go(at); return true; }
    }
  }

  #edge([down, right]) {
    if (down) return { ...this.at, row: down < 0 ? 0 : Infinity };
    return { ...this.at, column: right < 0 ? 0 : Infinity };
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.editor.isOpen) { this.editor.key(event); return; }
    const control = event.ctrlKey || event.metaKey, { key } = event;
    const done = () => event.preventDefault();
    if (key in ARROWS) {
      if (event.altKey && key === "ArrowDown") { done(); this.editor.open("all"); return; }
      done();
      control ? this.go(this.#edge(ARROWS[key]), { extend: event.shiftKey }) : this.step(ARROWS[key], event.shiftKey);
    } else if (key === "Tab") { if (this.next(event.shiftKey)) done(); }
    else if (key === "Enter") { done(); this.step([event.shiftKey ? -1 : 1, 0]); }
    else if (key === "Home") { done(); this.go(control ? { section: 0, row: 0, column: 0 } : { ...this.at, column: 0 }, { extend: event.shiftKey }); }
    else if (key === "End") { done(); this.go(control ? { section: this.sheet.sections.length - 1, row: Infinity, column: Infinity } : { ...this.at, column: Infinity }, { extend: event.shiftKey }); }
    else if (key === "PageUp" || key === "PageDown") { done(); this.go({ ...this.at, row: this.at.row + (key === "PageUp" ? -12 : 12) }, { extend: event.shiftKey }); }
    else if (key === "F2") { done(); this.editor.open("all"); }
    else if (key === "Delete" || key === "Backspace") { done(); this.clear(); }
    else if (control && key.toLowerCase() === "z") { done(); this.#jump(event.shiftKey ? this.sheet.redo() : this.sheet.undo()); }
    else if (control && key.toLowerCase() === "y") { done(); this.#jump(this.sheet.redo()); }
    else if (control && key.toLowerCase() === "d") { done(); this.fillDown(); }
    else if (control && key.toLowerCase() === "a") { done(); this.anchor = { ...this.at, row: 0, column: 0 }; this.go({ ...this.at, row: Infinity, column: Infinity }, { extend: true }); }
    else if (key === " " && ["choice", "unit", "file"].includes(this.field().type)) { done(); this.editor.open("all"); }
    else if (this.sheet.editable && !control && !event.altKey && key.length === 1 && this.field().type === "file") done();
    else if (this.sheet.editable && !control && !event.altKey && key.length === 1 && !this.isOpen()) { done(); this.#refuse(); }
  }

  #refuse() {
    if (!this.sheet.editable) return;
    toast(this.field().formula ? "这一格自动计算，不用填。" : "这一格不适用，不用填。");
  }

  #jump(address) {
    if (address === null) return;
    const at = address && this.placeOf(address);
    this.go(at || this.at);
  }

  clear() {
    if (!this.sheet.editable) return;
    this.sheet.type(this.selected().filter((address) => this.sheet.parts(address).field.type !== "file").map((address) => [address, ""]));
  }

  fillDown() {
    if (!this.sheet.editable) return;
    const { section, top, rows, fields } = this.box();
    const keys = this.sheet.rowKeys(section);
    const [source, targets] = rows.length > 1 ? [rows[0], rows.slice(1)] : [keys[top - 1], rows];
    if (!source) return;
    this.sheet.type(targets.flatMap((row) => fields.filter((field) => field.type !== "file").map((field) => [`${section.key}.${row}.${field.key}`, this.sheet.get(`${section.key}.${source}.${field.key}`)])));
  }

  #copy(event, cut) {
    if (this.editor.isOpen) return;
    const { section, rows, fields } = this.box();
    event.preventDefault();
    event.clipboardData.setData("text/plain", blockText(this.sheet, section, rows, fields, this.names));
    if (cut) this.clear();
  }

  #paste(event) {
    if (this.editor.isOpen) return;
    event.preventDefault();
    if (!this.sheet.editable) return;
    const text = event.clipboardData.getData("text/plain");
    if (text) this.paste(text);
  }

  paste(text) {
    const { section, top, bottom, left, right } = this.box();
    const found = plan(this.sheet, section, text, { row: top, column: left, height: bottom - top + 1, width: right - left + 1 });
    this.sheet.type(found.entries, found.rows);
    // As in a spreadsheet the block is selected, and the cursor stays at its first cell.
    this.anchor = { ...this.at, row: Math.min(top + found.height, this.sheet.rowKeys(section).length) - 1, column: Math.min(left + found.width, section.fields.length) - 1 };
    this.go({ ...this.at, row: top, column: left }, { extend: true });
    const words = [found.skipped && `${found.skipped} 格是自动计算、不适用或佐证材料，没有改`, found.outside && `${found.outside} 格超出表格，没有粘贴`].filter(Boolean);
    if (words.length) toast(`${words.join("；")}。`, "warning");
  }

  rows(section, act) {
    const mine = this.at && this.section() === section, keys = this.sheet.rowKeys(section);
    if (act === "remove") {
      if (!mine) { toast("请先选中要删除的行。"); return; }
      const gone = this.box().rows;
      this.sheet.removeRows(section, gone);
      toast(`已删除 ${gone.length} 行，按 Ctrl+Z 可恢复。`);
      this.go(this.at);
      return;
    }
    const made = this.sheet.addRows(section, act === "ten" ? 10 : 1, mine ? this.box().bottom + 1 : keys.length);
    if (!made.length) { toast(`这张表最多 ${section.most_rows} 行。`, "warning"); return; }
    this.go(this.placeOf(`${section.key}.${made[0]}.${section.fields[0].key}`));
  }
}
