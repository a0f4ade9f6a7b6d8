// Small tools of the designer: elements, keys, words, search fields.

/** An element: `h("button", {class: "btn", onclick}, "text", child)`. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const icon = (name) => h("i", { class: `ti ti-${name}`, "aria-hidden": "true" });

/** A small button with an icon; the label is read aloud and shown as a tip. */
export function tool(name, label, act, disabled = false) {
  return h("button", { type: "button", class: "design-tool", title: label, "aria-label": label, disabled, onclick: act }, icon(name));
}

/** A select: `choices` is [[value, label], …]. */
export function select(choices, value, change, attributes = {}) {
  const options = choices.map(([key, label]) => h("option", { value: key }, label));
  const known = choices.some(([key]) => key === value);
  if (!known) options.unshift(h("option", { value: value ?? "" }, value ? `（${value}）` : "请选择"));
  const element = h("select", { class: "form-select form-select-sm", ...attributes, onchange: () => change(element.value) }, options);
  element.value = value ?? "";
  return element;
}

/** A key that none of `taken` has: s1, s2, … */
export function freshKey(prefix, taken) {
  const used = new Set(taken);
  let number = 1;
  while (used.has(`${prefix}${number}`)) number += 1;
  return `${prefix}${number}`;
}

const SIGNS = { "==": "＝", "!=": "≠", ">=": "≥", "<=": "≤", "*": "×", "/": "÷", "+": "＋", "-": "－", ">": "＞", "<": "＜" };
const WORDS = {
  sum_of: "各行合计", count_of: "行数", previous: "上期", target: "目标", abs: "绝对值", min: "最小", max: "最大",
  round: "四舍五入", and: "且", or: "或", not: "非", if: "（若", else: "，否则", True: "真", False: "假",
};

/** An expression in words: addresses become labels, signs the usual ones. `section` is that of a formula. */
export function inWords(expression, definition, section = null) {
  if (!expression) return "";
  const sections = new Map(definition.sections.map((one) => [one.key, one]));
  const label = (owner, key) => owner?.fields.find((field) => field.key === key)?.label;
  const choices = definition.sections.flatMap((one) => one.fields).flatMap((field) => field.choices ?? []);
  return expression.replace(/"[^"]*"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,2}|[=!<>]=|[-+*/<>]/g, (token) => {
    if (token.startsWith('"')) return `“${choices.find((choice) => `"${choice.key}"` === token)?.label ?? token.slice(1, -1)}”`;
    if (SIGNS[token]) return ` ${SIGNS[token]} `;
    if (WORDS[token]) return WORDS[token];
    const parts = token.split(".");
    if (parts.length === 1) {
      const found = (section && label(section, token)) ?? sections.get(token)?.title;
      return found ? `“${found}”` : token;
    }
    const owner = sections.get(parts[0]);
    const found = label(owner, parts.at(-1));
    if (!found) return token;
    const row = parts.length === 3 ? owner.rows?.find((one) => one.key === parts[1])?.label : "";
    return `“${row ? `${row}·` : ""}${found}”`;
  });
}

/** A field that searches as one types; `pick(row)` gets the chosen one. Arrows and Enter work. */
export function searchField({ placeholder, fetchRows, pick, label }) {
  const list = h("ul", { class: "design-found", role: "listbox", hidden: true });
  const input = h("input", { class: "form-control form-control-sm", type: "search", placeholder, "aria-label": label ?? placeholder, autocomplete: "off" });
  let rows = [];
  let current = -1;
  let timer = 0;
  let asked = 0;
  const close = () => { list.hidden = true; current = -1; };
  const choose = (row) => { close(); input.value = ""; pick(row); };
  const paint = () => {
    list.replaceChildren(...(rows.length ? rows : [null]).map((row, index) => row === null
      ? h("li", { class: "text-secondary" }, "没有找到")
      : h("li", { role: "option", class: index === current ? "is-current" : "", onmousedown: (event) => { event.preventDefault(); choose(row); } }, row.name, row.note || row.kind ? h("small", {}, row.note ?? row.kind) : null)));
    list.hidden = false;
  };
  const ask = async () => {
    const mine = ++asked;
    try {
      const found = await fetchRows(input.value.trim());
      if (mine !== asked) return;
      rows = found;
      current = rows.length ? 0 : -1;
      paint();
    } catch { close(); }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 250); });
  input.addEventListener("focus", () => { if (!list.childElementCount) ask(); else list.hidden = false; });
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!rows.length) return;
      current = (current + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length;
      paint();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && rows[current]) choose(rows[current]);
    } else if (event.key === "Escape") close();
  });
  return h("div", { class: "design-search" }, input, list);
}
