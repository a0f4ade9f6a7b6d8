// The table dialog: a grid whose cells are corrected as in a spreadsheet, and saved together as one correction.
// Arrows move, Enter or typing edits, Tab and Enter go on, a pasted block fills from the current cell, Ctrl+Z undoes.

import { ask, h, icon, notice } from "./dom.js";

const MOST_SHOWN = 400; // rows drawn at once; the rest on demand

// A block from a spreadsheet: rows by line ends, cells by tabs; a quoted cell may hold either.
export function blockOf(text) {
  const rows = [[""]];
  let quoted = false;
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < plain.length; at += 1) {
    const row = rows.at(-1), sign = plain[at];
    if (quoted) {
      if (sign === '"' && plain[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
      else if (sign === '"') quoted = false;
      else row[row.length - 1] += sign === "\n" ? "" : sign;
    } else if (sign === '"' && row.at(-1) === "" && /"(\t|\n|$)/.test(plain.slice(at + 1))) quoted = true;
    else if (sign === "\t") row.push("");
    else if (sign === "\n") rows.push([""]);
    else row[row.length - 1] += sign;
  }
  return rows;
}

class Grid {
  constructor(body, changed) {
    this.width = Math.max(body.header.length, ...body.rows.map((row) => row.length), 1);
    const full = (row) => [...row, ...Array(this.width - row.length).fill("")];
    this.read = [full(body.read.header), ...body.read.rows.map(full)];
    this.rows = [full(body.header), ...body.rows.map(full)]; // row 0 is the header
    Object.assign(this, { changed, past: [], future: [], at: [Math.min(1, this.rows.length - 1), 0], input: null, shown: MOST_SHOWN });
    this.node = h("table", { class: "table table-dense table-bordered table-editor", role: "grid", tabindex: "0", "aria-label": "表内各格" });
    this.node.addEventListener("mousedown", (event) => this.#pointed(event));
    this.node.addEventListener("dblclick", () => this.edit());
    this.node.addEventListener("keydown", (event) => this.#key(event));
    this.node.addEventListener("paste", (event) => this.#paste(event));
    this.node.addEventListener("copy", (event) => { if (!this.input) { event.clipboardData.setData("text/plain", this.value); event.preventDefault(); } });
    this.draw();
  }

  get value() { return this.rows[this.at[0]]?.[this.at[1]] ?? ""; }
  cell([row, column] = this.at) { return this.node.querySelector(`[data-cell="${row},${column}"]`); }

  draw() {
    this.input = null;
    const drawn = (row, index) => h("tr", {}, h("th", { class: "row-number", scope: "row" }, index ? String(index) : "表头"),
      row.map((text, column) => h(index ? "td" : "th", { role: "gridcell", dataset: { cell: `${index},${column}` }, class: this.#look(index, column) }, text)));
    const more = this.rows.length - this.shown;
    this.node.replaceChildren(h("thead", {}, drawn(this.rows[0], 0)), h("tbody", {}, this.rows.slice(1, this.shown).map((row, index) => drawn(row, index + 1)),
      more > 0 && h("tr", {}, h("td", { colspan: this.width + 1 }, h("button", { type: "button", class: "btn btn-sm", onclick: () => { this.shown = Infinity; this.draw(); } }, `再显示 ${more} 行`)))));
    this.go(this.at, false);
    this.changed();
  }

  #same(row, column) { return this.rows.length === this.read.length && this.read[row]?.[column] === this.rows[row][column]; }
  #look(row, column) { return this.rows.length === this.read.length && !this.#same(row, column) ? "is-changed" : ""; }
  count() { return this.rows.length === this.read.length ? this.rows.reduce((sum, row, index) => sum + row.filter((_, column) => !this.#same(index, column)).length, 0) : null; }

  go([row, column], reveal = true) {
    this.cell()?.classList.remove("is-at");
    this.at = [Math.max(0, Math.min(this.rows.length - 1, row)), Math.max(0, Math.min(this.width - 1, column))];
    if (this.at[0] >= this.shown) { this.shown = Infinity; this.draw(); }
    const cell = this.cell();
    cell?.classList.add("is-at");
    if (reveal) cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // One step: what was before can be had back. ``rows`` share all rows that did not change.
  step(rows) {
    this.past.push({ rows: this.rows, at: this.at });
    this.future = [];
    this.rows = rows;
  }

  set(changes) {
    const rows = [...this.rows];
    const real = changes.filter(([row, column, text]) => rows[row]?.[column] !== undefined && rows[row][column] !== text);
    if (!real.length) return;
    const copied = new Set();
    for (const [row, column, text] of real) {
      if (!copied.has(row)) { rows[row] = [...rows[row]]; copied.add(row); }
      rows[row][column] = text;
    }
    this.step(rows);
    if (real.length > 40) { this.draw(); return; }
    for (const [row, column, text] of real) {
      const cell = this.cell([row, column]);
      if (cell) { cell.textContent = text; cell.className = this.#look(row, column); }
    }
    this.cell()?.classList.add("is-at");
    this.changed();
  }

  undo(from = this.past, to = this.future) {
    const last = from.pop();
    if (!last) return;
    to.push({ rows: this.rows, at: this.at });
    Object.assign(this, last);
    this.draw();
  }

  redo() { this.undo(this.future, this.past); }
  addRow() { const rows = [...this.rows]; rows.splice(this.at[0] + 1, 0, Array(this.width).fill("")); this.step(rows); this.at = [this.at[0] + 1, 0]; this.draw(); this.node.focus(); }
  dropRow() {
    if (this.at[0] === 0) { notice("表头不能删去。"); return; }
    this.step(this.rows.filter((_, index) => index !== this.at[0]));
    this.at = [Math.min(this.at[0], this.rows.length - 1), this.at[1]];
    this.draw();
    this.node.focus();
  }

  edit(first = null) {
    const cell = this.cell();
    if (!cell || this.input) return;
    const input = h("textarea", { class: "cell-input", rows: 1, "aria-label": this.at[0] ? `第${this.at[0]}行第${this.at[1] + 1}列` : `表头第${this.at[1] + 1}列` });
    input.value = first ?? this.value;
    this.input = input;
    cell.replaceChildren(input);
    const fit = () => { input.style.height = "auto"; input.style.height = `${input.scrollHeight}px`; };
    input.addEventListener("input", fit);
    input.addEventListener("blur", () => this.commit());
    input.focus();
    first === null ? input.select() : input.setSelectionRange(first.length, first.length);
    fit();
  }

  commit(keep = true) {
    const input = this.input;
    if (!input) return;
    this.input = null;
    const text = keep ? input.value.replace(/\s*\n\s*/g, "").trim() : this.value;
    const [row, column] = this.at;
    this.cell().textContent = this.value;
    this.set([[row, column, text]]);
  }

  #pointed(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell || cell.contains(this.input)) return;
    const again = cell.classList.contains("is-at");
    this.commit();
    this.go(cell.dataset.cell.split(",").map(Number));
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    if (again && matchMedia("(pointer: coarse)").matches) this.edit();
  }

  #key(event) {
    const { key } = event, [row, column] = this.at, command = event.ctrlKey || event.metaKey;
    if (event.isComposing) return;
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    const move = (to) => { done(); this.commit(); this.go(to); this.node.focus({ preventScroll: true }); };
    if (key === "Tab") {
      const step = event.shiftKey ? -1 : 1, flat = row * this.width + column + step;
      if (flat < 0 || flat >= this.rows.length * this.width) { this.commit(); return; } // out of the grid, as anywhere
      move([Math.floor(flat / this.width), flat % this.width]);
      return;
    }
    if (command && key === "Enter") { this.commit(); return; } // saved by the dialog
    if (this.input) {
      if (key === "Enter") move([row + (event.shiftKey ? -1 : 1), column]);
      else if (key === "Escape") { done(); this.commit(false); this.node.focus({ preventScroll: true }); }
      return;
    }
    if (command && key.toLowerCase() === "z") { done(); event.shiftKey ? this.redo() : this.undo(); }
    else if (command && key.toLowerCase() === "y") { done(); this.redo(); }
    else if (command || event.altKey) return;
    else if (key === "Enter" || key === "F2") { done(); this.edit(); }
    else if (key === "ArrowUp") move([row - 1, column]);
    else if (key === "ArrowDown") move([row + 1, column]);
    else if (key === "ArrowLeft") move([row, column - 1]);
    else if (key === "ArrowRight") move([row, column + 1]);
    else if (key === "Home") move([row, 0]);
    else if (key === "End") move([row, this.width - 1]);
    else if (key === "Delete" || key === "Backspace") { done(); this.set([[row, column, ""]]); }
    else if (key.length === 1) { done(); this.edit(key); }
    else if (key === "Process" || key === "Unidentified") this.edit(""); // an input method begins
  }

  #paste(event) {
    if (this.input) return; // into the cell's own text
    event.preventDefault();
    const block = blockOf(event.clipboardData.getData("text/plain"));
    const [top, left] = this.at;
    let outside = 0;
    const changes = [];
    block.forEach((row, down) => row.forEach((text, right) => {
      if (top + down >= this.rows.length || left + right >= this.width) outside += 1;
      else changes.push([top + down, left + right, text.trim()]);
    }));
    this.set(changes);
    if (outside) notice(`有 ${outside} 格超出表的范围，没有粘贴。行不够的，先加行再粘贴。`);
  }

  body() { return { header: this.rows[0], rows: this.rows.slice(1) }; }
}

// Opens the dialog; ``save({title, header, rows})`` gives {ok} | {errors} | {conflict} | {offline}.
export async function openTable(item, store, save) {
  let body;
  try {
    const answer = await ask(store.url(`items/${item.id}/table?format=json`));
    if (answer.status !== 200) { notice(answer.body.message, "danger"); return; }
    body = answer.body;
  } catch { notice("连不上服务器，表没有载入，请稍后再试。", "danger"); return; }
  const title = h("input", { class: "form-control form-control-sm", value: body.title, "aria-label": "表名", maxlength: 300, autocomplete: "off" });
  const told = h("span", { class: "text-secondary small", role: "status" });
  const trouble = h("div", { class: "text-danger small", role: "alert" });
  const undo = h("button", { type: "button", class: "btn btn-sm", onclick: () => { grid.commit(); grid.undo(); grid.node.focus(); } }, icon("arrow-back-up", "me-1"), "撤销", h("kbd", {}, "Ctrl+Z"));
  const redo = h("button", { type: "button", class: "btn btn-sm", onclick: () => { grid.redo(); grid.node.focus(); } }, "重做");
  const button = h("button", { type: "submit", class: "btn btn-sm btn-primary" }, icon("device-floppy", "me-1"), "保存更正", h("kbd", {}, "Ctrl+Enter"));
  let grid = null;
  const look = () => {
    if (!grid) return;
    undo.disabled = !grid.past.length;
    redo.disabled = !grid.future.length;
    const count = grid.count();
    told.textContent = count === null ? `现有 ${grid.rows.length - 1} 行，识别出 ${grid.read.length - 1} 行` : count ? `与识别结果不同的有 ${count} 格` : "与识别结果相同";
  };
  grid = new Grid(body, look);
  const dirty = () => grid.past.length > 0 || grid.input !== null || title.value !== body.title;
  const close = () => { if (!dirty() || confirm("改动还没有保存，确定不要了？")) dialog.close(); };
  const form = h("form", { class: "table-form", novalidate: true },
    h("div", { class: "table-head" }, h("h2", { class: "h3 mb-0" }, "更正附表"), h("label", { class: "table-title" }, "表名", title)),
    h("div", { class: "table-acts btn-list" }, undo, redo,
      h("button", { type: "button", class: "btn btn-sm", onclick: () => { grid.commit(); grid.addRow(); } }, icon("row-insert-bottom", "me-1"), "在下方加一行"),
      h("button", { type: "button", class: "btn btn-sm", onclick: () => { grid.commit(false); grid.dropRow(); } }, icon("trash", "me-1"), "删去这一行"), told),
    h("div", { class: "table-holder" }, grid.node), trouble,
    h("div", { class: "btn-list" }, button, h("button", { type: "button", class: "btn btn-sm", onclick: close }, "不改了"),
      h("span", { class: "text-secondary small table-hint" }, "方向键移动，直接输入即改，Tab、Enter 到下一格；可从 WPS 表格整块粘贴。")));
  const dialog = h("dialog", { class: "table-dialog", "aria-label": "更正附表" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    grid.commit();
    button.disabled = true;
    trouble.textContent = "";
    const answer = await save({ title: title.value, ...grid.body() });
    button.disabled = false;
    if (answer.ok || answer.offline) dialog.close();
    else trouble.textContent = answer.message || Object.values(answer.errors || {}).join("；");
  });
  dialog.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); } });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  look();
  grid.node.focus({ preventScroll: true });
}
