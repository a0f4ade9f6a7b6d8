// Draws the sections of a return as tables and keeps each cell's look up to date; knows nothing of keys or saving.

import { h, icon } from "./page.js";
import { NUMERIC, figure, shown } from "./values.js";

const MARKS = ["is-hard", "is-soft", "is-explained", "is-missing"];

// How far a value moved from the last period's: ↑25%.
function moved(text, before) {
  const [now, then] = [Number(text), Number(before)];
  if (text === "" || !Number.isFinite(now) || !Number.isFinite(then) || now === then) return null;
  if (then === 0) return null;
  const rate = (now - then) / Math.abs(then) * 100;
  return h("i", { class: `moved${Math.abs(rate) >= 200 ? " is-far" : ""}` }, ` ${rate > 0 ? "↑" : "↓"}${Math.abs(rate) >= 1000 ? "10倍以上" : `${Math.abs(rate).toFixed(Math.abs(rate) < 10 ? 1 : 0)}%`}`);
}

export class Painter {
  constructor(sheet, root, { names, beforeCells = null, onUse = null, onRows = null }) {
    Object.assign(this, { sheet, root, names, beforeCells, onUse, onRows, tds: new Map(), bodies: new Map(), marked: new Map() });
    root.classList.toggle("is-read-only", !sheet.editable);
    this.remarks = new Map();
    for (const remark of sheet.data.remarks) if (!remark.settled) this.remarks.set(remark.address, [...(this.remarks.get(remark.address) || []), remark]);
    this.draw();
    sheet.addEventListener("cells", (event) => { for (const address of event.detail.addresses) for (const one of [address, ...(sheet.editable ? sheet.totalsOf(address) : [])]) this.paint(one); });
    sheet.addEventListener("rows", (event) => this.drawRows(sheet.bySection.get(event.detail.section)));
    sheet.addEventListener("problems", () => this.mark());
  }

  draw() {
    this.root.replaceChildren(...this.sheet.sections.map((section) => this.#section(section)));
    this.mark();
  }

  #section(section) {
    const body = h("tbody");
    this.bodies.set(section.key, body);
    // One printed row asks for a handful of answers: on a narrow screen they stand below one another.
    const single = !section.repeated && section.rows.length === 1;
    const table = h("table", { class: `sheet-table${single ? " is-single" : ""}`, role: "grid", "aria-label": section.title },
      h("thead", {}, h("tr", {}, h("th", { class: "sheet-corner", scope: "col" }, section.repeated ? "序号" : single ? "" : section.row_head || "项目"),
        section.fields.map((field) => h("th", { scope: "col", class: NUMERIC.has(field.type) ? "number" : "", title: field.help || null },
          field.label, field.required && !field.formula && h("span", { class: "required-star", title: "必填" }, "*"),
          field.unit && h("span", { class: "sheet-unit" }, `（${field.unit}）`), field.help && icon("info-circle", "sheet-help"))))), body);
    const scroll = h("div", { class: "sheet-scroll" }, table);
    this.drawRows(section);
    return h("section", { class: "sheet-section", dataset: { section: section.key } },
      h("div", { class: "sheet-section-head" }, h("h2", {}, section.title), section.help && h("p", {}, section.help)),
      scroll, section.repeated && this.onRows && this.#rowTools(section));
  }

  #rowTools(section) {
    const tool = (label, sign, act) => h("button", { type: "button", class: "btn btn-sm", onclick: () => this.onRows(section, act) }, icon(sign, "me-1"), label);
    return h("div", { class: "sheet-row-tools d-print-none" }, tool("加一行", "plus", "one"), tool("加十行", "playlist-add", "ten"), tool("删除所选行", "trash", "remove"));
  }

  drawRows(section) {
    const body = this.bodies.get(section.key);
    this.lostFocus = body.contains(document.activeElement);
    for (const address of [...this.tds.keys()]) if (address.startsWith(`${section.key}.`)) this.tds.delete(address);
    body.replaceChildren(...this.sheet.rowKeys(section).map((row, index) => {
      const printed = section.byRow.get(row);
      return h("tr", { dataset: { row } }, h("th", { scope: "row", class: section.repeated ? "row-number" : "" }, section.repeated ? String(index + 1) : printed.label),
        section.fields.map((field) => {
          const address = `${section.key}.${row}.${field.key}`;
          const td = h("td", { role: "gridcell", dataset: { a: address, label: field.unit ? `${field.label}（${field.unit}）` : field.label } });
          this.tds.set(address, td);
          this.#fill(td, address, section, row, field);
          return td;
        }));
    }));
    if (!body.children.length) body.append(h("tr", { class: "no-rows" }, h("td", { colspan: section.fields.length + 1 }, "没有填报")));
    this.marked.clear();
  }

  paint(address) {
    const td = this.tds.get(address);
    if (!td) return;
    const { section, row, field } = this.sheet.parts(address);
    this.#fill(td, address, section, row, field);
    this.#markOne(address, this.marked.get(address));
  }

  #fill(td, address, section, row, field) {
    const { sheet } = this, { data } = sheet, numeric = NUMERIC.has(field.type), text = sheet.get(address);
    const blocked = sheet.isBlocked(section, row, field);
    const given = data.given[address];
    td.className = [numeric && "number", blocked && "is-blocked", field.formula && "is-computed", field.type === "file" && "is-file",
      ["text", "project", "enterprise", "unit"].includes(field.type) && "is-text", this.remarks.has(address) && "has-remark",
      this.#differs(address, text) && "is-changed", td.classList.contains("is-at") && "is-at", td.classList.contains("is-selected") && "is-selected", td.classList.contains("is-editing") && "is-editing"].filter(Boolean).join(" ");
    const parts = [h("span", { class: "v" }, blocked ? "—" : shown(field, text, this.names))];
    if (numeric && !blocked) {
      if (data.previous[address] !== undefined) parts.push(h("span", { class: "beside beside-previous", title: "上期填报数" }, `上期 ${figure(field, data.previous[address])}`, !sheet.editable && moved(text, data.previous[address])));
      if (data.targets[address] !== undefined) parts.push(h("span", { class: "beside beside-target", title: data.target_words[address] || "目标" }, `目标 ${figure(field, data.targets[address])}`));
    }
    if (given && !blocked && given.value !== text) {
      parts.push(h("span", { class: "beside beside-given", title: given.source_text }, `已报 ${shown(field, given.value, this.names)}`,
        this.onUse && sheet.isOpen(section, row, field) && h("button", { type: "button", class: "use-given", tabindex: "-1", title: `${given.source_text}，沿用此数`, onmousedown: (event) => { event.preventDefault(); event.stopPropagation(); this.onUse(address); } }, "沿用")));
    } else if (given && !blocked && text) parts.push(h("span", { class: "beside beside-same", title: given.source_text }, "与已报数一致"));
    const added = this.onUse && sheet.isOpen(section, row, field) ? sheet.sumOf(section, row, field) : null;
    if (added !== null && added !== text) parts.push(h("span", { class: "beside beside-given", title: "各分项相加" }, `分项合计 ${figure(field, added)}`,
      h("button", { type: "button", class: "use-given use-sum", tabindex: "-1", title: "填入分项合计", onmousedown: (event) => { event.preventDefault(); event.stopPropagation(); this.onUse(address, added); } }, "填入")));
    if (this.beforeCells && this.#differs(address, text)) parts.push(h("span", { class: "beside beside-before" }, `原为 ${shown(field, this.beforeCells[address] ?? "", this.names) || "空"}`));
    // The textarea of the cursor stays where it is: taken out, even for a moment, it would lose the focus.
    for (const child of [...td.children]) if (!child.matches(".sheet-input, .sheet-calendar")) child.remove();
    td.prepend(...parts);
  }

  #differs(address, text) { return !!this.beforeCells && (this.beforeCells[address] ?? "") !== text; }

  // Compare with another state (cells by address, or nothing).
  compare(beforeCells) {
    this.beforeCells = beforeCells;
    for (const address of this.tds.keys()) this.paint(address);
  }

  mark() {
    const found = new Map();
    for (const problem of this.sheet.problems()) if (problem.address && !found.has(problem.address)) found.set(problem.address, problem);
    for (const address of this.marked.keys()) if (!found.has(address)) this.#markOne(address, null);
    for (const [address, problem] of found) if (this.marked.get(address) !== problem) this.#markOne(address, problem);
    this.marked = found;
  }

  #markOne(address, problem) {
    const td = this.tds.get(address);
    if (!td) return;
    td.classList.remove(...MARKS);
    td.removeAttribute("aria-invalid");
    if (!problem) { td.removeAttribute("title"); return; }
    td.classList.add(problem.code === "required" ? "is-missing" : problem.severity === "hard" ? "is-hard" : problem.explained ? "is-explained" : "is-soft");
    td.title = problem.message;
    if (problem.severity === "hard" && problem.code !== "required") td.setAttribute("aria-invalid", "true");
  }
}
