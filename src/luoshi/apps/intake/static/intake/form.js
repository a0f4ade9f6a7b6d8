// The forms in which an item is corrected or added, one for each kind. What is typed is kept in localStorage until saved.

import { h, icon } from "./dom.js";
import { unitPicker } from "./picker.js";
import { asTyped, grouped, inBase, measureName, ROLES } from "./words.js";

const field = (label, name, control, wide = "") =>
  h("div", { class: `form-field ${wide}`, dataset: { field: name } }, h("label", { for: control.id || undefined }, label), control, h("div", { class: "field-error text-danger small", role: "alert" }));
let serial = 0;
const input = (value, props = {}) => h("input", { id: `f${++serial}`, class: "form-control form-control-sm", value: value ?? "", autocomplete: "off", ...props });
const select = (choices, value, props = {}) => {
  const node = h("select", { id: `f${++serial}`, class: "form-select form-select-sm", ...props }, choices.map(([key, label]) => h("option", { value: key }, label)));
  node.value = value ?? choices[0]?.[0];
  return node;
};
const check = (label, checked) => {
  const box = h("input", { type: "checkbox", class: "form-check-input", checked });
  return { box, node: h("label", { class: "form-check form-field" }, box, h("span", { class: "form-check-label" }, label)) };
};

function targetForm(data, text, choices) {
  const indicator = input(data.indicator);
  const comparator = select(choices.comparator, data.comparator || "=");
  const value = input(asTyped(data.value, data.unit, text), { inputmode: "text" });
  const top = input(asTyped(data.value_max, data.unit, text), { placeholder: "只有区间才填" });
  const unit = input(data.unit);
  const year = input(data.year, { inputmode: "numeric" });
  const tier = select(choices.tier, data.tier || "");
  const change = check("是变化量（增长、净增、提高、下降）", data.change);
  const falling = check("是下降", data.direction === "down");
  const preview = h("div", { class: "preview", "aria-live": "polite" });
  const look = () => {
    const base = value.value.trim() && inBase(value.value);
    preview.textContent = base ? `＝ ${grouped(base)}${unit.value.trim()}` : value.value.trim() ? "不是数字，请写成 15000 或 1.5万" : "";
    preview.classList.toggle("text-danger", Boolean(value.value.trim()) && !base);
  };
  for (const node of [value, unit]) node.addEventListener("input", look);
  look();
  const valueField = field("数值（可写 1.5万）", "value", value);
  valueField.append(preview);
  return {
    node: h("div", { class: "form-grid" }, field("指标", "indicator", indicator, "wide"), field("要求", "comparator", comparator), valueField,
      field("上限", "value_max", top), field("计量单位", "unit", unit), field("完成年度", "year", year), field("档次", "tier", tier), change.node, falling.node),
    read: () => ({ indicator: indicator.value, comparator: comparator.value, value: value.value, value_max: top.value, unit: unit.value, year: year.value, tier: tier.value, change: change.box.checked, direction: falling.box.checked ? "down" : "up" }),
    first: indicator,
  };
}

function responsibilityForm(data, text, choices, store) {
  const rows = [];
  const list = h("div", { class: "unit-rows" });
  const add = (role, name = "", units = [], open = false) => {
    const row = { units: [...units], open };
    row.role = select(Object.entries(ROLES), role, { "aria-label": "角色" });
    row.name = input(name, { placeholder: "单位（照原文写）", "aria-label": "单位（原文）" });
    row.chips = h("div", { class: "chips" });
    const draw = () => row.chips.replaceChildren(...(row.units.length ? row.units.map((key) => h("span", { class: "chip" }, store.units[key] || key,
      h("button", { type: "button", "aria-label": "去掉", title: "去掉", onclick: () => { row.units = row.units.filter((other) => other !== key); draw(); changed(); } }, "×"))) : [row.open ? h("span", { class: "chip" }, "泛指，不派单位") : h("span", { class: "chip chip-unknown" }, "单位不明")]));
    row.name.addEventListener("change", () => { if (row.name.value.trim() !== name) { row.units = []; row.open = false; draw(); row.chips.replaceChildren(h("span", { class: "chip" }, "保存时按名称查找")); } });
    row.node = h("div", { class: "unit-row" }, row.role, row.name, row.chips,
      unitPicker(store, { label: "选单位", onpick: (unit) => { row.open = false; if (!row.units.includes(unit.key)) row.units.push(unit.key); if (!row.name.value.trim()) row.name.value = name = unit.name; draw(); changed(); } }),
      h("button", { type: "button", class: "btn btn-sm btn-icon", title: "删去这一行", "aria-label": "删去这一行", onclick: () => { rows.splice(rows.indexOf(row), 1); row.node.remove(); changed(); } }, icon("trash")));
    draw();
    rows.push(row);
    list.append(row.node);
    return row;
  };
  const changed = () => list.dispatchEvent(new Event("input", { bubbles: true }));
  for (const role of Object.keys(ROLES)) for (const entry of data[role] || []) add(role, entry.name, entry.units, entry.open === true);
  if (!rows.length) add("lead");
  return {
    node: h("div", { class: "form-field", dataset: { field: "lead" } }, list, h("button", { type: "button", class: "btn btn-sm", onclick: () => { add(rows.at(-1)?.role.value || "lead").name.focus(); changed(); } }, icon("plus", "me-1"), "加一个单位"), h("div", { class: "field-error text-danger small", role: "alert" })),
    read: () => Object.fromEntries(Object.keys(ROLES).map((role) => [role, rows.filter((row) => row.role.value === role).map((row) => ({ name: row.name.value, units: row.units, ...(row.open && { open: true }) }))])),
    first: rows[0].name,
  };
}

function deadlineForm(data, text, choices) {
  const rule = select(choices.rule, data.rule || "date");
  const date = input(data.date, { type: "date" });
  const day = input(data.day, { inputmode: "numeric", placeholder: "没有写明可不填" });
  const days = input(data.days, { inputmode: "numeric" });
  const working = check("按工作日算", data.working);
  const fields = { date: field("日期（最后一天）", "date", date), day: field("每月几日前", "day", day), days: field("多少天内", "days", days), working: working.node };
  const look = () => {
    const kind = rule.value;
    fields.date.hidden = !["date", "yearly"].includes(kind);
    fields.day.hidden = kind !== "monthly";
    fields.days.hidden = fields.working.hidden = kind !== "days-after";
  };
  rule.addEventListener("change", look);
  look();
  return {
    node: h("div", { class: "form-grid" }, field("时限类别", "rule", rule), ...Object.values(fields)),
    read: () => ({ rule: rule.value, date: date.value, day: day.value, days: days.value, working: working.box.checked }),
    first: rule,
  };
}

function measureForm(data, text, choices, store, adding) {
  const label = adding ? input(data.label) : null;
  const title = h("textarea", { id: `f${++serial}`, class: "form-control form-control-sm", rows: 2 }, data.title || "");
  const task = check("是要落实的任务（不勾：只是标题）", data.is_task);
  return {
    node: h("div", { class: "form-grid" }, label && field("编号", "label", label), field("标题", "title", title, "wide"), task.node),
    read: () => ({ ...(label ? { label: label.value } : {}), title: title.value, is_task: task.box.checked }),
    first: title,
  };
}

const FORMS = { target: targetForm, responsibility: responsibilityForm, deadline: deadlineForm, measure: measureForm }; // a table has a dialog of its own: table.js

// item: {id?, kind, text, data, measure}; save(data, measure) gives {ok} | {errors} | {conflict} | {offline}.
export function itemForm({ item, store, save, cancel, adding = false }) {
  const key = `luoshi-typed-${store.config.draft}-${item.id || "new"}`;
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* unreadable: as if none */ }
  const parts = FORMS[item.kind](kept?.data ? { ...item.data, ...kept.data } : item.data, item.text, store.config.choices, store, adding);
  const measure = item.kind === "measure" ? null : select(
    [["", "（不属于任何措施）"], ...store.measures().map((one) => [one.data.key, `${"　".repeat(one.data.key.split(".").length - 1)}${measureName(one)}`.slice(0, 48)])],
    kept?.measure ?? item.measure ?? "");
  const trouble = h("div", { class: "text-danger small", role: "alert" });
  const button = h("button", { class: "btn btn-sm btn-primary", type: "submit" }, icon("device-floppy", "me-1"), adding ? "添加" : "保存更正", h("kbd", {}, "Ctrl+Enter"));
  const forget = () => localStorage.removeItem(key);
  const form = h("form", { class: "item-form", novalidate: true },
    kept && h("div", { class: "text-secondary small" }, "已恢复您上次没有保存的内容。"), parts.node,
    measure && field("所属措施", "measure_key", measure, "wide"), trouble,
    h("div", { class: "btn-list" }, button, h("button", { type: "button", class: "btn btn-sm", onclick: () => { forget(); cancel(); } }, "不改了", h("kbd", {}, "Esc"))));
  form.addEventListener("input", () => { if (!adding) localStorage.setItem(key, JSON.stringify({ data: parts.read(), measure: measure?.value })); });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
    if (event.key === "Escape") { forget(); cancel(); }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    form.querySelectorAll(".field-error").forEach((node) => { node.textContent = ""; });
    trouble.textContent = "";
    const answer = await save(parts.read(), measure?.value);
    button.disabled = false;
    if (answer.ok || answer.offline) { forget(); return; }
    if (answer.conflict) { trouble.textContent = answer.message; return; }
    const left = [];
    for (const [name, text] of Object.entries(answer.errors || {})) {
      const place = form.querySelector(`[data-field="${name}"] > .field-error`);
      place ? (place.textContent = text) : left.push(text);
    }
    trouble.textContent = left.join("；") || (Object.keys(answer.errors || {}).length ? "" : answer.message || "");
  });
  setTimeout(() => { parts.first.focus({ preventScroll: true }); parts.first.select?.(); });
  return form;
}
