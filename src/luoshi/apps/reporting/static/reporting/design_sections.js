// Sections, their columns and rows.

import { freshKey, h, inWords, searchField, select, tool } from "./design_dom.js";

const NUMERIC = ["number", "integer"];
const UNITS = ["户", "个", "家", "次", "人", "项", "万元", "亿元", "万美元", "%", "亩", "公里", "吨"];
const open = new Set(); // columns and rows whose details are shown

const all = (state) => state.definition.sections;
const clone = (value) => JSON.parse(JSON.stringify(value));

function move(list, index, by) { const [one] = list.splice(index, 1); list.splice(index + by, 0, one); }

/** Texts pasted from a sheet or list: several at once become several columns or rows. */
function pasted(event) {
  const texts = (event.clipboardData?.getData("text") ?? "").split(/[\t\r\n]+/).map((text) => text.trim()).filter(Boolean);
  if (texts.length < 2) return null;
  event.preventDefault();
  return texts;
}

export function newSection(state, kind) {
  const key = freshKey("s", all(state).map((one) => one.key));
  const section = { key, title: kind === "fixed" ? "新的一节" : "项目情况", kind, fields: [] };
  if (kind === "fixed") section.rows = [{ key: "r1", label: "本期" }];
  all(state).push(section);
}

function newField(section, label = "", after = section.fields.length - 1) {
  const field = { key: freshKey("f", section.fields.map((one) => one.key)), label, type: "number" };
  section.fields.splice(after + 1, 0, field);
  return field;
}

function newRow(section, label = "", after = (section.rows ?? []).length - 1) {
  section.rows ??= [];
  const row = { key: freshKey("r", section.rows.map((one) => one.key)), label };
  section.rows.splice(after + 1, 0, row);
  return row;
}

export function drawSections(store, root, tools) {
  root.replaceChildren(...all(store.state).map((section, index) => sectionCard(store, section, index, tools)));
}

function sectionCard(store, section, index, tools) {
  const place = `s${index + 1}`;
  const list = all(store.state);
  const typed = (mutate, key) => store.edit(mutate, { key, redraw: false });
  const many = list.length;
  return h("section", { class: "card card-dense mb-3 design-section", id: place },
    h("div", { class: "card-header" },
      h("input", { class: "form-control form-control-sm", value: section.title ?? "", maxlength: 200, "aria-label": `第${index + 1}节的名称`, "data-focus": `${place}.title`, oninput: (event) => typed(() => { section.title = event.target.value; }, `${place}.title`) }),
      select([["fixed", "固定行"], ["repeated", "可增行"]], section.kind ?? "fixed", (value) => store.edit(() => { section.kind = value; if (value === "fixed" && !section.rows?.length) section.rows = [{ key: "r1", label: "本期" }]; }), { style: "width:auto", "aria-label": "行的方式" }),
      h("span", { class: "ms-auto" },
        tool("arrow-up", "上移这一节", () => store.edit(() => move(list, index, -1)), index === 0),
        tool("arrow-down", "下移这一节", () => store.edit(() => move(list, index, 1)), index === many - 1),
        tool("copy", "复制这一节", () => store.edit(() => { const made = clone(section); made.key = freshKey("s", list.map((one) => one.key)); made.title += "（副本）"; list.splice(index + 1, 0, made); })),
        tool("trash", "删除这一节", () => store.edit(() => list.splice(index, 1)), many === 1))),
    h("div", { class: "card-body" },
      h("input", { class: "form-control form-control-sm mb-2", value: section.help ?? "", placeholder: "这一节怎样填（可不写）", "aria-label": "这一节的说明", "data-focus": `${place}.help`, oninput: (event) => typed(() => { section.help = event.target.value; }, `${place}.help`) }),
      columnTable(store, section, place, tools, typed),
      (section.kind ?? "fixed") === "fixed" ? rowTable(store, section, place, tools, typed) : repeatedOptions(store, section, place, typed)));
}

function columnTable(store, section, place, tools, typed) {
  const add = (label, after) => { const made = newField(section, label, after); return made; };
  const body = h("tbody", {});
  section.fields.forEach((field, index) => {
    const id = `${place}-f${index + 1}`;
    const mark = `${section.key}.${field.key}`;
    const numeric = NUMERIC.includes(field.type);
    const set = (name, value, redraw = true) => store.edit(() => { if (value === "" || value === false || value === null) delete field[name]; else field[name] = value; }, { key: redraw ? "" : `${mark}.${name}`, redraw });
    body.append(h("tr", { id },
      h("td", { class: "cell-label" }, h("input", {
        class: "form-control", value: field.label ?? "", placeholder: "列名", maxlength: 200, "aria-label": `第${index + 1}列的名称`, "data-focus": `${mark}.label`,
        oninput: (event) => typed(() => { field.label = event.target.value; }, `${mark}.label`),
        onpaste: (event) => { const texts = pasted(event); if (texts) store.edit(() => { field.label = texts[0]; texts.slice(1).forEach((text, at) => add(text, index + at)); }); },
        onkeydown: (event) => {
          if (event.isComposing) return;
          if (event.key === "Enter") { event.preventDefault(); let made; store.edit(() => { made = add("", index); }); tools.focus(`${section.key}.${made.key}.label`); }
          if (event.altKey && event.key === "ArrowUp" && index) { event.preventDefault(); store.edit(() => move(section.fields, index, -1)); tools.focus(`${mark}.label`); }
          if (event.altKey && event.key === "ArrowDown" && index < section.fields.length - 1) { event.preventDefault(); store.edit(() => move(section.fields, index, 1)); tools.focus(`${mark}.label`); }
        },
      }), field.formula && !open.has(mark) ? h("div", { class: "design-words" }, `＝ ${inWords(field.formula, store.state.definition, section)}`) : null),
      h("td", { class: "cell-type" }, select(store.state.choices.type, field.type, (value) => store.edit(() => {
        field.type = value;
        if (value === "choice" && !field.choices?.length) { field.choices = [{ key: "c1", label: "是" }, { key: "c2", label: "否" }]; open.add(mark); }
        if (value !== "choice") delete field.choices;
        if (value === "integer") field.decimals = 0; else delete field.decimals;
        if (!meaningsOf(store, value).some(([one]) => one === field.meaning)) delete field.meaning;
        if (!NUMERIC.includes(value)) for (const name of ["unit_of_measure", "minimum", "maximum", "formula", "indicator", "observed", "cumulative"]) delete field[name];
      }), { "aria-label": "类型", "data-focus": `${mark}.type` })),
      h("td", { class: "cell-short" }, numeric ? h("input", { class: "form-control", value: field.unit_of_measure ?? "", list: "design-units", placeholder: "单位", maxlength: 20, "aria-label": "计量单位", "data-focus": `${mark}.unit`, oninput: (event) => set("unit_of_measure", event.target.value, false) }) : null),
      h("td", { class: "cell-tick", "data-name": "必填" }, h("input", { class: "form-check-input", type: "checkbox", checked: Boolean(field.required), disabled: Boolean(field.formula), "aria-label": "必填", "data-focus": `${mark}.required`, onchange: (event) => set("required", event.target.checked, false) })),
      h("td", { class: "cell-tick", "data-name": "累计" }, numeric ? h("input", { class: "form-check-input", type: "checkbox", checked: Boolean(field.cumulative), "aria-label": "累计数，不得下降", "data-focus": `${mark}.cumulative`, onchange: (event) => set("cumulative", event.target.checked, false) }) : null),
      h("td", { class: "cell-tools" },
        tool(open.has(mark) ? "chevron-up" : "adjustments", "更多：范围、选项、公式、指标、用途、说明", () => { if (!open.delete(mark)) open.add(mark); store.tell("redraw"); }),
        tool("arrow-up", "上移（Alt+↑）", () => store.edit(() => move(section.fields, index, -1)), index === 0),
        tool("arrow-down", "下移（Alt+↓）", () => store.edit(() => move(section.fields, index, 1)), index === section.fields.length - 1),
        tool("copy", "复制这一列", () => store.edit(() => { const made = clone(field); made.key = freshKey("f", section.fields.map((one) => one.key)); section.fields.splice(index + 1, 0, made); })),
        tool("trash", "删除这一列", () => store.edit(() => section.fields.splice(index, 1))))));
    if (open.has(mark)) body.append(h("tr", { class: "design-detail" }, h("td", { colspan: 6 }, columnDetails(store, section, field, mark, set, tools))));
  });
  return h("div", {},
    h("table", { class: "design-grid" },
      h("thead", {}, h("tr", {}, ...["列（回车加一列）", "类型", "单位", "必填", "累计", ""].map((name) => h("th", { scope: "col" }, name)))),
      body),
    h("button", { type: "button", class: "btn btn-sm mt-1", "data-add-column": place, onclick: () => { let made; store.edit(() => { made = newField(section); }); tools.focus(`${section.key}.${made.key}.label`); } }, "＋ 加一列"));
}

/** What a column of the type may mean beyond its name, each with its words. */
function meaningsOf(store, type) {
  return store.state.choices.meaning.filter(([, , types]) => types.includes(type));
}

function columnDetails(store, section, field, mark, set, tools) {
  const numeric = NUMERIC.includes(field.type);
  const text = (name, label, attributes = {}) => h("label", {}, label, h("input", { class: "form-control form-control-sm", value: field[name] ?? "", "data-focus": `${mark}.${name}`, ...attributes, oninput: (event) => set(name, event.target.value.trim(), false) }));
  const parts = [];
  if (field.type === "number") parts.push(h("label", {}, "小数位数", select(["0", "1", "2", "3", "4", "5", "6"].map((n) => [n, n]), String(field.decimals ?? 2), (value) => set("decimals", Number(value)))));
  if (numeric && !field.formula) parts.push(text("minimum", "不小于", { inputmode: "decimal" }), text("maximum", "不大于", { inputmode: "decimal" }));
  if (field.type === "choice") parts.push(h("label", { class: "wide" }, "选项（一行一个）", h("textarea", {
    class: "form-control form-control-sm", rows: 4, value: (field.choices ?? []).map((choice) => choice.label).join("\n"), "data-focus": `${mark}.choices`,
    oninput: (event) => store.edit(() => {
      const before = field.choices ?? [];
      const used = before.map((choice) => choice.key);
      field.choices = event.target.value.split("\n").map((label) => label.trim()).filter(Boolean).map((label, at) => {
        const same = before.find((choice) => choice.label === label) ?? before[at];
        if (same && !before.some((choice) => choice !== same && choice.label === label)) return { key: same.key, label };
        const key = freshKey("c", used);
        used.push(key);
        return { key, label };
      });
      const seen = new Set();
      for (const choice of field.choices) { if (seen.has(choice.key)) { choice.key = freshKey("c", [...used, ...seen]); } seen.add(choice.key); }
    }, { key: `${mark}.choices`, redraw: false }),
  })));
  if (numeric) {
    const formula = h("input", { class: "form-control form-control-sm", value: field.formula ?? "", placeholder: "不填＝手工填；点下面的列名可以插入", "data-focus": `${mark}.formula`, oninput: (event) => { set("formula", event.target.value.trim(), false); words.textContent = inWords(field.formula, store.state.definition, section); } });
    const words = h("span", { class: "design-words" }, inWords(field.formula, store.state.definition, section));
    const insert = (piece) => { const at = formula.selectionStart ?? formula.value.length; formula.setRangeText(piece, at, formula.selectionEnd ?? at, "end"); formula.dispatchEvent(new Event("input")); formula.focus(); };
    const others = section.fields.filter((one) => one !== field && NUMERIC.includes(one.type));
    parts.push(h("label", { class: "wide" }, "自动计算的公式", formula), h("div", { class: "wide" }, words, h("div", { class: "design-keys" },
      ...others.map((one) => h("button", { type: "button", onclick: () => insert(one.key) }, one.label || one.key)),
      ...[[" + ", "＋"], [" - ", "－"], [" * ", "×"], [" / ", "÷"], ["100", "100"], ["(", "（"], [")", "）"]].map(([piece, label]) => h("button", { type: "button", onclick: () => insert(piece) }, label)),
      ...all(store.state).filter((one) => one !== section && one.kind === "repeated").flatMap((one) => [
        h("button", { type: "button", onclick: () => insert(`count_of(${one.key})`) }, `${one.title}的行数`),
        ...one.fields.filter((column) => NUMERIC.includes(column.type)).map((column) => h("button", { type: "button", onclick: () => insert(`sum_of(${one.key}.${column.key})`) }, `${one.title}·${column.label}合计`)),
      ]))));
    const fixed = (section.kind ?? "fixed") === "fixed";
    // Rows that are added state no number of the unit; a column that had an indicator can still get rid of it.
    if (fixed || field.indicator) parts.push(h("div", { class: "wide" }, h("div", { class: "small text-secondary" }, "对应的指标"), indicatorPicker(store, field, tools, "整列同一个指标")));
    parts.push(fixed ? h("label", { class: "form-check" }, h("input", { class: "form-check-input", type: "checkbox", checked: Boolean(field.observed), onchange: (event) => set("observed", event.target.checked) }), h("span", { class: "form-check-label" }, "按各行自己的指标记数")) : null);
  }
  const meanings = meaningsOf(store, field.type);
  if (meanings.length || field.meaning) parts.push(h("label", { class: "wide" }, "通过审核后", select([["", "只作填报内容"], ...meanings], field.meaning ?? "", (value) => set("meaning", value), { "data-focus": `${mark}.meaning` })));
  parts.push(h("label", { class: "wide" }, "说明（填报人看得到）", h("input", { class: "form-control form-control-sm", value: field.help ?? "", "data-focus": `${mark}.help`, oninput: (event) => set("help", event.target.value, false) })));
  return h("div", { class: "design-more" }, parts);
}

/** The chosen indicator with a button that takes it away, or a search field. */
function indicatorPicker(store, part, tools, placeholder) {
  if (part.indicator) return h("span", { class: "design-chips" }, h("span", {}, store.state.names.indicators[part.indicator] ?? part.indicator, tool("x", "取消这个指标", () => store.edit(() => delete part.indicator))));
  return searchField({
    placeholder: `搜索指标目录（${placeholder}）`, label: "搜索指标",
    fetchRows: (text) => tools.options("indicators", text),
    pick: (row) => { store.state.names.indicators[row.key] = row.name; store.edit(() => { part.indicator = row.key; }); },
  });
}

function rowTable(store, section, place, tools, typed) {
  section.rows ??= [];
  const observed = section.fields.some((field) => field.observed);
  const body = h("tbody", {});
  section.rows.forEach((row, index) => {
    const id = `${place}-r${index + 1}`;
    const mark = `${section.key}:${row.key}`;
    const notes = [row.total_of?.length ? `＝${row.total_of.map((key) => section.rows.find((one) => one.key === key)?.label ?? key).join("＋")}` : "", row.unit ? `填${store.state.names.units[row.unit] ?? row.unit}` : "", row.indicator ? `指标：${store.state.names.indicators[row.indicator] ?? row.indicator}` : ""].filter(Boolean).join("；");
    body.append(h("tr", { id },
      h("td", { class: "cell-label" }, h("input", {
        class: "form-control", value: row.label ?? "", placeholder: "行名", maxlength: 200, "aria-label": `第${index + 1}行的名称`, "data-focus": `${mark}.label`,
        oninput: (event) => typed(() => { row.label = event.target.value; }, `${mark}.label`),
        onpaste: (event) => { const texts = pasted(event); if (texts) store.edit(() => { row.label = texts[0]; texts.slice(1).forEach((text, at) => newRow(section, text, index + at)); }); },
        onkeydown: (event) => {
          if (event.isComposing) return;
          if (event.key === "Enter") { event.preventDefault(); let made; store.edit(() => { made = newRow(section, "", index); }); tools.focus(`${section.key}:${made.key}.label`); }
          if (event.altKey && event.key === "ArrowUp" && index) { event.preventDefault(); store.edit(() => move(section.rows, index, -1)); tools.focus(`${mark}.label`); }
          if (event.altKey && event.key === "ArrowDown" && index < section.rows.length - 1) { event.preventDefault(); store.edit(() => move(section.rows, index, 1)); tools.focus(`${mark}.label`); }
        },
      })),
      h("td", { class: "small text-secondary" }, notes),
      h("td", { class: "cell-tools" },
        tool(open.has(mark) ? "chevron-up" : "adjustments", "更多：合计、指标、所填单位、不填的列", () => { if (!open.delete(mark)) open.add(mark); store.tell("redraw"); }),
        tool("arrow-up", "上移（Alt+↑）", () => store.edit(() => move(section.rows, index, -1)), index === 0),
        tool("arrow-down", "下移（Alt+↓）", () => store.edit(() => move(section.rows, index, 1)), index === section.rows.length - 1),
        tool("copy", "复制这一行", () => store.edit(() => { const made = clone(row); made.key = freshKey("r", section.rows.map((one) => one.key)); section.rows.splice(index + 1, 0, made); })),
        tool("trash", "删除这一行", () => store.edit(() => { section.rows.splice(index, 1); for (const one of section.rows) { if (!one.total_of) continue; one.total_of = one.total_of.filter((key) => key !== row.key); if (!one.total_of.length) delete one.total_of; } }), section.rows.length === 1))));
    if (open.has(mark)) body.append(h("tr", { class: "design-detail" }, h("td", { colspan: 3 }, rowDetails(store, section, row, tools, observed))));
  });
  return h("div", { class: "mt-2" },
    h("table", { class: "design-grid" }, h("thead", {}, h("tr", {}, ...["行（回车加一行）", "", ""].map((name) => h("th", { scope: "col" }, name)))), body),
    h("button", { type: "button", class: "btn btn-sm mt-1", "data-add-row": place, onclick: () => { let made; store.edit(() => { made = newRow(section); }); tools.focus(`${section.key}:${made.key}.label`); } }, "＋ 加一行"));
}

function ticks(store, entries, chosen, change) {
  return h("div", { class: "design-keys" }, entries.map(([key, label]) => h("label", { class: "form-check me-2" },
    h("input", { class: "form-check-input", type: "checkbox", checked: chosen.includes(key), onchange: (event) => change(event.target.checked ? [...chosen, key] : chosen.filter((one) => one !== key)) }),
    h("span", { class: "form-check-label" }, label || key))));
}

function rowDetails(store, section, row, tools, observed) {
  const set = (name, value) => store.edit(() => { if (value.length) row[name] = value; else delete row[name]; });
  return h("div", { class: "design-more" },
    h("div", { class: "wide" }, h("div", { class: "small text-secondary" }, "是下列各行的合计（填报时核对）"), ticks(store, section.rows.filter((one) => one !== row).map((one) => [one.key, one.label]), row.total_of ?? [], (value) => set("total_of", section.rows.map((one) => one.key).filter((key) => value.includes(key))))),
    h("div", { class: "wide" }, h("div", { class: "small text-secondary" }, observed ? "这一行的指标" : "这一行的指标（列里勾选“按各行自己的指标记数”后才用）"), indicatorPicker(store, row, tools, "这一行")),
    h("div", { class: "wide" }, h("div", { class: "small text-secondary" }, "这一行填的是哪个单位的数（不选＝填报单位自己）"), row.unit
      ? h("span", { class: "design-chips" }, h("span", {}, store.state.names.units[row.unit] ?? row.unit, tool("x", "改为填报单位自己", () => store.edit(() => delete row.unit))))
      : searchField({ placeholder: "搜索单位", fetchRows: (text) => tools.options("units", text), pick: (unit) => { store.state.names.units[unit.key] = unit.name; store.edit(() => { row.unit = unit.key; if (!row.label) row.label = unit.name; }); } })),
    h("div", { class: "wide" }, h("div", { class: "small text-secondary" }, "不填的列"), ticks(store, section.fields.map((one) => [one.key, one.label]), row.blocked ?? [], (value) => set("blocked", value))));
}

function repeatedOptions(store, section, place, typed) {
  const number = (name, label, value) => h("label", {}, label, h("input", { class: "form-control form-control-sm", type: "number", min: 0, max: 1000, value, "data-focus": `${place}.${name}`, onchange: (event) => store.edit(() => { section[name] = Number(event.target.value) || 0; }) }));
  return h("div", { class: "design-more mt-2" },
    number("least_rows", "至少几行", section.least_rows ?? 0),
    number("most_rows", "至多几行", section.most_rows ?? 500),
    h("label", {}, "哪一列不得重复", select([["", "不限"], ...section.fields.map((field) => [field.key, field.label || field.key])], section.identified_by ?? "", (value) => store.edit(() => { if (value) section.identified_by = value; else delete section.identified_by; }))));
}

export const unitList = () => h("datalist", { id: "design-units" }, UNITS.map((unit) => h("option", { value: unit })));
