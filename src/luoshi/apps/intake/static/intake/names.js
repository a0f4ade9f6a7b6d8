// Unknown unit names: the nearest known ones as one-click choices, any unit by search, or a new unit.

import { ask, h, icon, notice } from "./dom.js";
import { unitPicker } from "./picker.js";
import { isUnknown } from "./words.js";

const KINDS = [["prefecture-department", "州级部门"], ["county-department", "县级部门"], ["prefecture-party-organ", "党委工作机构"], ["leading-group", "领导小组、指挥部"],
  ["vertical-agency", "垂直管理单位"], ["township", "乡镇（街道）"], ["enterprise", "企业"], ["school-or-institute", "学校、院所"], ["association", "群团、协会"], ["zone", "园区"], ["other", "其他"]];

const LIKE = 85; // percent

export async function resolve(store, name, choice, remember) {
  try {
    const { status, body } = await ask(store.url("names"), { name, remember, ...choice });
    if (status !== 200) { notice(body.message, "danger"); return false; }
    delete store.unknown[name];
    store.put(body.items, body.units);
    notice(choice.open ? `“${name}”按泛指登记，不派给具体单位，改了 ${body.items.length} 处。` : `“${name}”已认定，改了 ${body.items.length} 处${remember ? "，以后的方案也照此认" : ""}。`, "success");
    return true;
  } catch { notice("连不上服务器，单位没有认定，请稍后再试。", "danger"); return false; }
}

export function naming(store, name) {
  // Kept for all later plans only by those who look after all units, and unasked only where the names are nearly the same.
  const alike = (store.unknown[name] || [])[0]?.likeness ?? 0;
  const remember = h("input", { type: "checkbox", class: "form-check-input", checked: store.config.remembers && alike >= LIKE });
  let touched = false;
  remember.addEventListener("change", () => { touched = true; });
  const kept = (likeness) => store.config.remembers && remember.checked && (touched || likeness >= LIKE);
  const run = async (choice, button, likeness = alike) => { if (button) button.disabled = true; if (!(await resolve(store, name, choice, !choice.open && kept(likeness))) && button) button.disabled = false; };
  const near = (store.unknown[name] || []).map((one) => h("button", { type: "button", class: "btn btn-sm near", dataset: { act: "near" }, title: one.keys.length > 1 ? `${one.keys.length} 个单位` : "", onclick: (event) => { event.stopPropagation(); run({ units: one.keys }, event.currentTarget, one.likeness); } }, one.name, h("small", {}, `像 ${one.likeness}%`)));
  const more = h("div", { class: "naming-more", hidden: true });
  const addNew = () => {
    const title = h("input", { class: "form-control form-control-sm", value: name, "aria-label": "新单位名称" });
    const kind = h("select", { class: "form-select form-select-sm", "aria-label": "类别" }, KINDS.map(([key, label]) => h("option", { value: key }, label)));
    let parent = store.config.defaultParent;
    const above = h("span", {}, `上级：${parent.name}`);
    more.hidden = false;
    more.replaceChildren(title, kind, above, unitPicker(store, { label: "换上级单位", onpick: (unit) => { parent = unit; above.textContent = `上级：${unit.name}`; } }),
      h("button", { type: "button", class: "btn btn-sm", dataset: { act: "add-unit" }, onclick: (event) => run({ new: { name: title.value, kind: kind.value, parent: parent.key } }, event.currentTarget) }, icon("plus", "me-1"), "增加这个单位"));
    title.focus();
  };
  const node = h("div", { class: "naming" }, near.length ? h("span", { class: "naming-ask" }, "是不是：") : h("span", { class: "naming-ask" }, "没有相近的名称："), near,
    unitPicker(store, { label: "查找其他单位", onpick: (unit) => run({ units: [unit.key] }) }),
    h("button", { type: "button", class: "btn btn-sm btn-ghost-secondary", onclick: (event) => { event.stopPropagation(); addNew(); } }, "都不是，增加新单位"),
    h("button", { type: "button", class: "btn btn-sm btn-ghost-secondary", dataset: { act: "leave-open" }, title: "方案没有列明是哪些单位（如州级相关部门）：照原文登记，不派给具体单位", onclick: (event) => { event.stopPropagation(); run({ open: true }, event.currentTarget); } }, "泛指，不派单位"),
    store.config.remembers && h("label", { class: "form-check naming-remember" }, remember, h("span", { class: "form-check-label" }, "以后都这样认")), more);
  for (const type of ["click", "keydown"]) node.addEventListener(type, (event) => event.stopPropagation());
  return node;
}

// All unknown names of the draft at once, the most frequent first.
export function namePanel(store) {
  const count = new Map();
  for (const item of store.list()) {
    if (item.kind !== "responsibility" || item.state === "rejected") continue;
    for (const role of ["lead", "responsible", "supporting"]) for (const entry of item.data[role] || []) if (isUnknown(entry)) count.set(entry.name, (count.get(entry.name) || 0) + 1);
  }
  if (!count.size) return h("div", { class: "name-panel text-secondary" }, "没有不明的单位。");
  return h("div", { class: "name-panel" }, h("p", {}, `有 ${count.size} 个单位名称不认识。认定一次，本方案里同名的一起改。`),
    [...count].sort((a, b) => b[1] - a[1]).map(([name, times]) => h("div", { class: "name-row" }, h("div", {}, h("span", { class: "unknown-name" }, name), h("span", { class: "sum-more" }, `${times} 处`)), store.config.open && naming(store, name))));
}
