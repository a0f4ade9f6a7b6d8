// Choosing a unit by typing a part of any of its names.

import { ask, h } from "./dom.js";

export function unitPicker(store, { label = "查找单位", onpick, autofocus = false }) {
  const list = h("div", { class: "picker-list", role: "listbox", hidden: true });
  const input = h("input", { class: "form-control form-control-sm", type: "search", placeholder: label, "aria-label": label, autocomplete: "off" });
  let found = [], at = 0, timer = null, asked = 0;
  const choose = (unit) => { list.hidden = true; input.value = ""; store.units[unit.key] = unit.name; onpick(unit); };
  const draw = (text = "") => {
    list.replaceChildren(...(found.length ? found.map((unit, index) => h("button", {
      type: "button", role: "option", class: index === at ? "is-current" : "", onclick: () => choose(unit),
    }, h("b", {}, unit.name), unit.note && h("small", {}, unit.note))) : [h("p", {}, text)]));
    list.hidden = !found.length && !text;
  };
  const search = async () => {
    const turn = ++asked, text = input.value.trim();
    if (!text) { found = []; draw(); return; }
    try {
      const { body } = await ask(store.url(`units?q=${encodeURIComponent(text)}`));
      if (turn !== asked) return;
      found = body.units || []; at = 0; draw("没有找到，换几个字试试。");
    } catch { found = []; draw("连不上服务器，暂时不能查找。"); }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 180); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { at = Math.max(0, Math.min(found.length - 1, at + (event.key === "ArrowDown" ? 1 : -1))); draw(); event.preventDefault(); }
    else if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); if (found[at]) choose(found[at]); }
    else if (event.key === "Escape" && !list.hidden) { list.hidden = true; event.stopPropagation(); }
  });
  input.addEventListener("blur", () => setTimeout(() => { list.hidden = true; }, 200));
  if (autofocus) setTimeout(() => input.focus());
  return h("div", { class: "picker" }, input, list);
}
