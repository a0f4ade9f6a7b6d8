// One item: a single line while it is sure or decided, an open card while it is uncertain or the current one.

import { h, icon } from "./dom.js";
import { baseFigure, demand, due, isUnknown, KINDS, measureName, percent, ROLES, STATES } from "./words.js";

const MARKS = { accepted: "check", corrected: "pencil-check", rejected: "x", added: "plus" };

function names(item, store) {
  return Object.entries(ROLES).filter(([role]) => item.data[role]?.length).map(([role, label]) => h("span", { class: "role" }, h("b", {}, `${label}：`),
    item.data[role].map((entry, index) => [index ? "、" : "", entry.units.length || entry.open ? h("span", { title: entry.open ? "方案没有列明是哪些单位" : entry.units.map((key) => store.units[key] || key).join("、") }, entry.name) : h("span", { class: "unknown-name", title: "不知道是哪个单位" }, entry.name)])));
}

export function summary(item, store) {
  const { data } = item;
  if (item.kind === "target") return [h("span", { class: "sum-name" }, data.indicator), h("b", { class: "sum-figure" }, demand(item)), baseFigure(item) && h("span", { class: "sum-more" }, `＝${baseFigure(item)}`), data.year && h("span", { class: "sum-more" }, `${data.year}年`)];
  if (item.kind === "responsibility") return names(item, store);
  if (item.kind === "deadline") return [h("b", {}, due(data)), h("span", { class: "sum-more" }, `“${item.text.slice(0, 30)}”`)];
  if (item.kind === "table") return [h("span", {}, data.title || "（无表名）"), h("span", { class: "sum-more" }, `${data.row_count} 行 × ${data.columns} 列`)];
  return [h("span", { class: "sum-measure" }, measureName(item)), !data.is_task && h("span", { class: "badge bg-secondary-lt" }, "标题")];
}

// The fields one by one for the current item; for another open one only what its line does not say.
function facts(item, store, acts, full) {
  const { data } = item;
  const rows = [];
  if (!full && item.kind !== "responsibility") return null;
  const row = (label, ...value) => rows.push(h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, value)));
  if (item.kind === "target") {
    const base = baseFigure(item);
    row("指标", data.indicator);
    row("要求", h("b", {}, demand(item) || "＝"), base && h("span", { class: "base" }, `＝ ${base}`), data.change && h("span", { class: "sum-more" }, "变化量"));
    if (data.year) row("完成年度", `${data.year}年`);
    if (data.tier) row("档次", store.config.choices.tier.find(([key]) => key === data.tier)?.[1] || data.tier);
  } else if (item.kind === "deadline") row("时限", due(data));
  else if (item.kind === "responsibility") {
    for (const [role, label] of Object.entries(ROLES)) {
      const shown = full ? data[role] : data[role]?.filter(isUnknown);
      if (!shown?.length) continue;
      row(label, shown.map((entry) => h("div", { class: "named" }, h("span", { class: isUnknown(entry) ? "unknown-name" : "" }, entry.name),
        entry.open ? h("span", { class: "means" }, "→ 方案没有列明，发布后不派给具体单位") : entry.units.length ? h("span", { class: "means" }, entry.units.length > 4 ? `→ ${entry.units.length} 个单位` : `→ ${entry.units.map((key) => store.units[key] || key).join("、")}`)
          : store.config.open && acts.naming(entry.name))));
    }
  } else if (item.kind === "measure" && data.labels.length > 1) row("位置", data.labels.join(" › "));
  return rows.length ? h("dl", { class: "facts" }, rows) : null;
}

const act = (label, key, name, run, kind = "") => h("button", { type: "button", class: `btn btn-sm ${kind}`, dataset: { act: name }, onclick: (event) => { event.stopPropagation(); run(); } }, label, h("kbd", {}, key));
const small = (name, label, glyph, run) => h("button", { type: "button", class: "btn btn-sm btn-icon btn-ghost-secondary", title: label, "aria-label": label, dataset: { act: name }, onclick: (event) => { event.stopPropagation(); run(); } }, icon(glyph));

// acts: {accept, edit, reject, undo, merge, table, naming(name), focus}
export function card(item, store, { current, acts }) {
  const pending = item.state === "pending";
  const sure = store.isSure(item);
  const open = current || (pending && !sure);
  const by = !pending && item.by ? `${STATES[item.state]}　${item.by}` : STATES[item.state];
  const node = h("article", {
    class: `item kind-${item.kind} state-${item.state} ${open ? "is-open" : "is-folded"} ${current ? "is-current" : ""}`,
    id: `item-${item.id}`, dataset: { id: item.id }, "aria-current": current ? "true" : undefined, "aria-label": `${KINDS[item.kind]} ${STATES[item.state]}`,
  });
  const line = h("div", { class: "item-line", onclick: () => acts.focus(item) },
    h("span", { class: `kind-dot dot-${item.kind}`, title: KINDS[item.kind] }), h("div", { class: "item-summary" }, summary(item, store)),
    item.unknown > 0 && item.state !== "rejected" && h("span", { class: "badge bg-red-lt" }, "单位不明"),
    pending ? h("span", { class: `sure ${sure ? "" : "unsure"}`, title: `${item.sure}：${item.reason}` }, percent(item.certainty)) : h("span", { class: `state-mark ${item.state}`, title: by }, icon(MARKS[item.state]), STATES[item.state]),
    store.config.open && !open && h("span", { class: "item-acts" }, pending
      ? [small("accept", "确认", "check", () => acts.accept(item)), small("edit", "更正", "pencil", () => acts.edit(item)), small("reject", "剔除", "x", () => acts.reject(item))]
      : [small("edit", "更正", "pencil", () => acts.edit(item)), item.added && item.state === "added" ? small("reject", "剔除", "x", () => acts.reject(item)) : small("undo", "撤销", "arrow-back-up", () => acts.undo(item))]));
  node.append(line);
  if (open) {
    node.append(h("div", { class: "item-body" },
      item.kind !== "measure" && item.text && h("blockquote", {}, item.text.length > 300 ? `${item.text.slice(0, 300)}…` : item.text),
      facts(item, store, acts, current),
      h("p", { class: "why" }, item.added ? "人工添加" : h("span", {}, h("b", { class: sure ? "" : "unsure" }, `${item.sure}（${percent(item.certainty)}）`), item.reason && `　依据：${item.reason}`), h("span", { class: "line-no" }, `第 ${item.line} 行`), !pending && h("span", {}, by)),
      item.kind === "table" && h("div", { class: "table-holder" }, h("button", { type: "button", class: "btn btn-sm", onclick: (event) => acts.table(item, event.currentTarget.parentElement) }, icon("table", "me-1"), "看识别出的表")),
      store.config.open && h("div", { class: "item-buttons" },
        pending || item.state === "rejected" ? act("确认", "Enter", "accept", () => acts.accept(item), "btn-outline-success") : null,
        act("更正", "E", "edit", () => acts.edit(item)),
        item.state !== "rejected" && act("剔除", "X", "reject", () => acts.reject(item)),
        !pending && !(item.added && item.state === "added") && act("撤销", "U", "undo", () => acts.undo(item)),
        item.kind === "measure" && item.state !== "rejected" && h("button", { type: "button", class: "btn btn-sm btn-ghost-secondary", dataset: { act: "merge" }, title: "这不是单独一条措施：把它下面的内容并入上一条", onclick: () => acts.merge(item) }, "并入上一条"))));
  }
  return node;
}
