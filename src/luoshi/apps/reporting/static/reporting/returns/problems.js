// What stands against submitting, and what is to be said of the current cell.

import { h, icon } from "./page.js";
import { figure, shown } from "./values.js";

const MOST = 200;

export class Problems {
  constructor(sheet, grid, { panel, sums, strip, names, use }) {
    Object.assign(this, { sheet, grid, panel, sums, strip, names, use, address: null });
    sheet.addEventListener("problems", () => this.draw());
    sheet.addEventListener("cells", (event) => event.detail.addresses.includes(this.address) && this.#drawStrip());
    grid.addEventListener("moved", (event) => { this.address = event.detail.address; this.#drawStrip(); });
    sums.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      panel.hidden = !panel.hidden && this.kind === button.dataset.kind;
      this.kind = button.dataset.kind;
      this.draw();
    });
    this.draw();
  }

  counts() {
    const all = this.sheet.problems();
    return {
      hard: all.filter((one) => one.severity === "hard" && one.code !== "required").length,
      missing: all.filter((one) => one.code === "required").length,
      soft: all.filter((one) => one.severity === "soft" && !one.explained).length,
      explained: all.filter((one) => one.explained).length,
      remarks: this.sheet.data.remarks.filter((remark) => !remark.settled).length,
    };
  }

  draw() {
    const counts = this.counts();
    const button = (kind, count, label, sign) => count > 0 && h("button", { type: "button", class: `sum is-${kind}`, dataset: { kind }, "aria-expanded": String(!this.panel.hidden && this.kind === kind) }, icon(sign), `${label} ${count}`);
    this.sums.replaceChildren(...[
      button("remarks", counts.remarks, "退回意见", "message-2-exclamation"),
      button("hard", counts.hard, "须改正", "alert-octagon"),
      button("missing", counts.missing, "未填", "square-rounded-plus"),
      button("soft", counts.soft, "须说明", "alert-triangle"),
      button("explained", counts.explained, "已说明", "message-check"),
    ].filter(Boolean));
    if (this.sheet.data.judged && !counts.hard && !counts.missing && !counts.soft && !counts.remarks) this.sums.append(h("span", { class: "sum is-fine" }, icon("circle-check"), "没有问题"));
    if (!this.panel.hidden) this.#drawPanel();
    this.#drawStrip();
  }

  #of(kind) {
    if (kind === "remarks") return this.sheet.data.remarks.filter((remark) => !remark.settled).map((remark) => ({ address: remark.address, message: remark.text, remark: true }));
    const all = this.sheet.problems();
    if (kind === "missing") return all.filter((one) => one.code === "required");
    if (kind === "hard") return all.filter((one) => one.severity === "hard" && one.code !== "required");
    return all.filter((one) => one.severity === "soft" && one.explained === (kind === "explained"));
  }

  #drawPanel() {
    const found = this.#of(this.kind);
    if (!found.length) { this.panel.hidden = true; return; }
    const line = (one) => h("li", {}, h("button", { type: "button", class: "jump", onclick: () => this.grid.goTo(one.address) }, one.address ? this.sheet.placeName(one.address) : "整张表"),
      h("span", {}, one.message), one.severity === "soft" && this.reasonInput(one.address));
    // Typing a reason must not redraw the line under the fingers.
    if (this.panel.contains(document.activeElement) && document.activeElement.matches("input")) return;
    this.panel.replaceChildren(h("ul", {}, found.slice(0, MOST).map(line)), found.length > MOST ? h("p", { class: "row-count" }, `还有 ${found.length - MOST} 条，先改上面的。`) : "");
  }

  reasonInput(address) {
    return h("input", { class: "form-control form-control-sm reason", maxlength: "300", placeholder: this.sheet.editable ? "请说明原因，如：上年同期企业停产" : "没有说明", "aria-label": `${this.sheet.placeName(address)}的说明`, value: this.sheet.reasons.get(address) || "", disabled: !this.sheet.editable,
      onchange: (event) => this.sheet.explain(address, event.target.value.trim()), onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); event.target.blur(); } } });
  }

  #drawStrip() {
    const { sheet, address } = this;
    if (this.strip.contains(document.activeElement)) return;
    if (!address) { this.strip.replaceChildren(h("span", { class: "none" }, sheet.editable ? "点一格开始填；方向键移动，Tab 到下一格，可从 WPS、Excel 整块粘贴。" : "点一格看说明。")); return; }
    const { section, row, field } = sheet.parts(address);
    if (!field) return;
    const { data } = sheet, problem = sheet.problems().find((one) => one.address === address);
    const remarks = data.remarks.filter((remark) => remark.address === address);
    const given = data.given[address];
    const parts = [h("b", {}, sheet.placeName(address)), field.unit && h("span", { class: "none" }, `单位：${field.unit}`)];
    if (sheet.isBlocked(section, row, field)) parts.push(h("span", { class: "none" }, "不适用，不用填"));
    if (field.formula) parts.push(h("span", { class: "none" }, "自动计算"));
    if (data.previous[address] !== undefined) parts.push(h("span", {}, `上期 ${shown(field, data.previous[address], this.names)}`));
    if (data.targets[address] !== undefined) parts.push(h("span", {}, data.target_words[address] || `目标 ${figure(field, data.targets[address])}`));
    if (given) parts.push(h("span", { class: "given-line" }, `${given.source_text}已报 ${shown(field, given.value, this.names)}`), given.value !== sheet.get(address) && sheet.isOpen(section, row, field) && h("button", { type: "button", class: "btn btn-sm", onclick: () => { this.use(address); this.grid.go(this.grid.at); } }, "沿用"));
    if (field.help) parts.push(h("span", { class: "none" }, icon("info-circle"), field.help));
    for (const remark of remarks) parts.push(h("span", { class: remark.settled ? "none" : "remark-line" }, icon("message-2-exclamation"), `${remark.by}：${remark.text}${remark.settled ? "（已重新报送）" : ""}`));
    if (problem && problem.code !== "required") parts.push(h("span", { class: `problem-line is-${problem.severity}` }, icon(problem.severity === "hard" ? "alert-octagon" : "alert-triangle"), problem.message));
    if (problem?.severity === "soft") parts.push(this.reasonInput(address));
    else if (!sheet.editable && sheet.reasons.get(address)) parts.push(h("span", {}, `说明：${sheet.reasons.get(address)}`));
    this.strip.replaceChildren(...parts.filter(Boolean));
  }
}
