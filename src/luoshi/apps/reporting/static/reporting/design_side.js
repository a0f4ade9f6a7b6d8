// Beside the sections: problems, schedule, who reports; and the rules below them.

import { freshKey, h, inWords, searchField, select, tool } from "./design_dom.js";

const NUMERIC = ["number", "integer"];
const REMINDERS = [[-72, "前3天"], [-24, "前1天"], [-3, "前3小时"], [24, "后1天"], [72, "后3天"]];

const card = (title, id, ...body) => h("div", { class: "card card-dense mb-3", id }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, title)), ...body);

export function drawSide(store, root, tools) {
  root.replaceChildren(problems(store, tools), schedule(store), reporters(store, tools), review(store));
}

export function problems(store, tools) {
  const found = store.told.problems;
  const amount = store.told.cells === null ? null : h("div", { class: "card-body py-1 row-count" }, `每次约 ${store.told.cells} 格、${store.told.minutes} 分钟`);
  if (!found.length) return card("没有问题，可以发布", "design-problems", amount);
  return card(`还有 ${found.length} 处问题`, "design-problems", h("ul", { class: "design-problems" }, found.map((one) => h("li", {}, h("button", { type: "button", onclick: () => tools.jump(one.place) }, one.message)))), amount);
}

function schedule(store) {
  const times = store.state.schedule;
  const set = (name, value, options = {}) => store.edit(() => { times[name] = value; }, options);
  const withDay = times.due_kind !== "last-day";
  const number = (name, label, most) => h("label", { class: "stacked" }, label, h("input", { class: "form-control form-control-sm", type: "number", min: 0, max: most, value: times[name], "data-focus": `schedule.${name}`, oninput: (event) => { if (event.target.value !== "") set(name, Number(event.target.value), { key: name, redraw: false }); } }));
  return card("报送时间", "schedule", h("div", { class: "card-body" },
    h("div", { class: "row g-2" },
      h("div", { class: "col-6" }, h("label", { class: "stacked" }, "周期", select(store.state.choices.cadence, times.cadence, (value) => set("cadence", value), { "data-focus": "schedule.cadence" }))),
      h("div", { class: "col-6" }, h("label", { class: "stacked" }, "遇休息日", select(store.state.choices.shift, times.shift, (value) => set("shift", value), { "data-focus": "schedule.shift" }))),
      h("div", { class: withDay ? "col-8" : "col-12" }, h("label", { class: "stacked" }, "截止", select(store.state.choices.due_kind, times.due_kind, (value) => set("due_kind", value), { "data-focus": "schedule.due_kind" }))),
      withDay ? h("div", { class: "col-4" }, number("due_day", "第几日", 366)) : null,
      h("div", { class: "col-4" }, number("open_days", "提前几日开放", 90)),
      h("div", { class: "col-4" }, number("late_days", "迟报收几日", 366)),
      h("div", { class: "col-4" }, h("label", { class: "stacked" }, "每格分钟", h("input", { class: "form-control form-control-sm", type: "number", min: 0.1, max: 999, step: 0.1, value: times.minutes_a_cell, "data-focus": "schedule.minutes", oninput: (event) => { if (event.target.value) set("minutes_a_cell", event.target.value, { key: "minutes", redraw: false }); } })))),
    h("div", { id: "design-told" }, told(store)),
    h("div", { class: "small text-secondary mt-2" }, "催报"),
    h("div", { class: "d-flex flex-wrap gap-2" }, REMINDERS.map(([hours, label]) => h("label", { class: "form-check mb-0" },
      h("input", { class: "form-check-input", type: "checkbox", checked: times.reminders.includes(hours), onchange: (event) => set("reminders", event.target.checked ? [...times.reminders, hours].sort((a, b) => a - b) : times.reminders.filter((one) => one !== hours), { redraw: false }) }),
      h("span", { class: "form-check-label" }, `截止${label}`))))));
}

/** The rule in words and the next dates, as the server works them out. */
export function told(store) {
  return h("div", { class: "mt-2" },
    h("b", { id: "design-words" }, store.told.words),
    h("table", { class: "design-dates mt-1" }, h("tbody", {}, store.told.coming.map((one) => h("tr", {}, h("td", {}, one.label), h("td", {}, `${one.opens} 开放`), h("td", {}, `${one.due} 星期${one.weekday} 截止`, one.assumption ? h("div", { class: "row-count" }, one.assumption) : null))))));
}

function reporters(store, tools) {
  const { reporters: chosen, groups } = store.state;
  const add = (units) => store.edit((state) => { const known = new Set(state.reporters.map((unit) => unit.id)); state.reporters = [...state.reporters, ...units.filter((unit) => !known.has(unit.id))]; });
  return card(`填报单位（${chosen.length} 个）`, "reporters", h("div", { class: "card-body" },
    select([["", "按合称加入，如各县市人民政府"], ...groups.map((group) => [group.name, group.label])], "", async (name) => { if (name) add(await tools.options("group", name)); }, { "aria-label": "按合称加入" }),
    h("div", { class: "mt-1" }, searchField({ placeholder: "搜索单位，逐个加入", fetchRows: (text) => tools.options("units", text), pick: (unit) => add([unit]) })),
    h("div", { class: "design-chips" }, chosen.map((unit) => h("span", {}, unit.name, tool("x", `去掉${unit.name}`, () => store.edit((state) => { state.reporters = state.reporters.filter((one) => one.id !== unit.id); }))))),
    chosen.length ? h("button", { type: "button", class: "btn btn-sm", onclick: () => store.edit((state) => { state.reporters = []; }) }, "全部去掉") : null));
}

function review(store) {
  const stages = store.state.schedule.review_stages;
  return card("审核环节", "review", h("div", { class: "card-body" }, store.state.choices.stage.map(([value, label]) => h("label", { class: "form-check mb-0" },
    h("input", { class: "form-check-input", type: "checkbox", checked: stages.includes(value), onchange: (event) => store.edit((state) => { const now = state.schedule.review_stages; state.schedule.review_stages = state.choices.stage.map(([one]) => one).filter((one) => (one === value ? event.target.checked : now.includes(one))); }, { redraw: false }) }),
    h("span", { class: "form-check-label" }, label))), h("div", { class: "row-count" }, "都不选，报送即通过。")));
}

export function drawRules(store, root, tools) {
  const { definition } = store.state;
  const body = definition.rules.map((rule, index) => ruleCard(store, rule, index, tools));
  root.replaceChildren(card("校验规则", "rules", h("div", { class: "card-body" },
    definition.rules.length ? null : h("p", { class: "row-count" }, "如：合计等于各项之和、本月不大于累计。累计数不得下降、合计行核对，在列和行里勾选即可，不必写规则。"),
    ...body, helper(store))));
}

function ruleCard(store, rule, index, tools) {
  const { definition } = store.state;
  const words = h("div", { class: "design-words" }, inWords(rule.expression, definition));
  const typed = (name) => (event) => { store.edit(() => { rule[name] = event.target.value; }, { key: `rule.${rule.key}.${name}`, redraw: false }); words.textContent = inWords(rule.expression, definition); };
  return h("div", { class: "design-more mb-2", id: `rule-${index + 1}` },
    h("label", { class: "wide" }, "应当成立的关系", h("input", { class: "form-control form-control-sm", value: rule.expression, "data-focus": `rule.${rule.key}.expression`, oninput: typed("expression") })),
    h("div", { class: "wide" }, words),
    h("label", {}, "不成立时的提示", h("input", { class: "form-control form-control-sm", value: rule.message, maxlength: 200, "data-focus": `rule.${rule.key}.message`, oninput: typed("message") })),
    h("label", {}, "强制", select([["hard", "必须改正才能报送"], ["soft", "说明原因也可报送"]], rule.severity ?? "hard", (value) => store.edit(() => { rule.severity = value; }))),
    h("div", { class: "text-end wide" }, tool("trash", "删除这条规则", () => store.edit(() => definition.rules.splice(index, 1)))));
}

/** Cells that a rule can name: whole columns row by row first, then single cells. */
function cells(definition) {
  const found = [];
  for (const section of definition.sections) for (const field of section.fields) if (NUMERIC.includes(field.type)) found.push([`${section.key}.${field.key}`, `${section.title}：每行的“${field.label}”`]);
  for (const section of definition.sections) {
    if (section.kind === "repeated") continue;
    for (const row of section.rows ?? []) for (const field of section.fields) if (NUMERIC.includes(field.type) && !row.blocked?.includes(field.key)) found.push([`${section.key}.${row.key}.${field.key}`, `${section.title}：“${row.label}”的“${field.label}”`]);
  }
  return found.slice(0, 400);
}

function helper(store) {
  const { definition } = store.state;
  const choices = cells(definition);
  if (choices.length < 2) return h("p", { class: "row-count" }, "先加两列以上的数字，再写规则。");
  const left = select(choices, choices[0][0], () => {}, { id: "rule-left", "aria-label": "哪一格" });
  const relation = select([["==", "等于"], ["<=", "不大于"], [">=", "不小于"]], "==", () => {}, { id: "rule-relation", "aria-label": "关系" });
  const right = h("select", { class: "form-select form-select-sm", multiple: true, size: 4, id: "rule-right", "aria-label": "哪些格之和" }, choices.map(([value, label]) => h("option", { value }, label)));
  const name = (value) => choices.find(([key]) => key === value)[1].replace(/^[^：]*：(?:每行的)?/, "");
  return h("div", { class: "design-more" },
    h("label", {}, "这一格", left), h("label", {}, "关系", relation), h("label", { class: "wide" }, "下面所选各格之和（按住 Ctrl 可多选）", right),
    h("div", { class: "wide" }, h("button", { type: "button", class: "btn btn-sm", id: "rule-add", onclick: () => {
      const parts = [...right.selectedOptions].map((option) => option.value);
      if (!parts.length) { right.focus(); return; }
      const words = { "==": "应等于", "<=": "不应大于", ">=": "不应小于" }[relation.value];
      store.edit(() => definition.rules.push({ key: freshKey("r", definition.rules.map((rule) => rule.key)), expression: `${left.value} ${relation.value} ${parts.join(" + ")}`, message: `${name(left.value)}${words}${parts.map(name).join("、")}${parts.length > 1 ? "之和" : ""}。`.slice(0, 200), severity: "hard" }));
    } }, "加这条规则")));
}
