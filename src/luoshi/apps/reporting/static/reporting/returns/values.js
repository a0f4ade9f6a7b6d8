// What is typed into a cell, read at once: the same rules as luoshi.forms.parse_cell, as far as one cell can be judged
// without the server. What is not recognised here goes to the server as typed.

export const NUMERIC = new Set(["number", "integer"]);

const plain = (text) => text.normalize("NFKC").replace(/[\u00a0\u3000]/g, " ").trim();

export function grouped(text) {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  return match ? `${match[1]}${match[2].replace(/\B(?=(\d{3})+$)/g, ",")}${match[3] || ""}` : text;
}

// A number as luoshi.forms.show prints it: separators, and the column's decimals.
export function figure(field, text) {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const [whole, part = ""] = text.split(".");
  const padded = field.type === "integer" ? part : part.padEnd(field.decimals, "0");
  return grouped(padded ? `${whole}.${padded}` : whole);
}

// The text of a cell for people; names gives units and files their names.
export function shown(field, text, names = {}) {
  if (text === undefined || text === null || text === "") return "";
  if (NUMERIC.has(field.type)) return figure(field, text);
  if (field.type === "choice") return field.choices.find((choice) => choice.key === text)?.label ?? text;
  if (field.type === "unit") return names.units?.[text] ?? text;
  if (field.type === "file") return names.files?.[text]?.name ?? "（文件）";
  if (field.type === "date") return text.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日");
  if (field.type === "period") return text.replace(/^(\d{4})-0?(\d{1,2})$/, "$1年$2月").replace(/^(\d{4})Q(\d)$/, "$1年第$2季度").replace(/^(\d{4})$/, "$1年");
  return text;
}

const bad = (text, message) => ({ text, problem: { severity: "hard", code: "type", message } });

// A decimal as the server writes it: no separators, no plus, no needless zeros before the point.
function decimal(text) {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.replace(/[−–]/g, "-").replace(/[,，\s']/g, ""));
  if (!match || !(match[2] || match[3])) return null;
  const whole = match[2].replace(/^0+(?=\d)/, "") || "0";
  const part = match[3] || "";
  const sign = match[1] === "-" && /[1-9]/.test(whole + part) ? "-" : "";
  return `${sign}${whole}${part ? `.${part}` : ""}`;
}

// Compares decimals without losing digits; both canonical.
export function compare(a, b) {
  const scaled = (text, places) => {
    const [whole, part = ""] = text.replace("-", "").split(".");
    const value = BigInt(whole + part.padEnd(places, "0"));
    return text.startsWith("-") ? -value : value;
  };
  const places = Math.max((a.split(".")[1] || "").length, (b.split(".")[1] || "").length);
  const [x, y] = [scaled(a, places), scaled(b, places)];
  return x < y ? -1 : x > y ? 1 : 0;
}

// The sum of decimals, no digit lost; canonical.
export function sum(texts) {
  const places = Math.max(...texts.map((text) => (text.split(".")[1] || "").length));
  const scaled = texts.reduce((total, text) => { const [whole, part = ""] = text.replace("-", "").split("."); const value = BigInt(whole + part.padEnd(places, "0")); return total + (text.startsWith("-") ? -value : value); }, 0n);
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places), part = digits.slice(digits.length - places).replace(/0+$/, "");
  return `${scaled < 0n ? "-" : ""}${whole}${part ? `.${part}` : ""}`;
}

function number(field, text) {
  let typed = text;
  if (field.unit && typed.endsWith(field.unit)) typed = typed.slice(0, -field.unit.length).trim();
  else if (typed.endsWith("%") && field.unit.startsWith("%")) typed = typed.slice(0, -1);
  const value = decimal(typed);
  if (value === null) return /^[-+]?[\d.,，\s]+[十百千万亿]+/.test(typed) ? { text } : bad(text, `“${text}”不是数字，请填数字`);
  const places = (value.split(".")[1] || "").replace(/0+$/, "").length;
  if (field.type === "integer" && places) return bad(text, "请填整数");
  const canonical = field.type === "integer" ? value.split(".")[0] : value;
  const range = (words) => ({ text: canonical, problem: { severity: "hard", code: "range", message: words } });
  if (field.minimum !== null && compare(canonical, field.minimum) < 0) return range(`不能小于${grouped(field.minimum)}`);
  if (field.maximum !== null && compare(canonical, field.maximum) > 0) return range(`不能大于${grouped(field.maximum)}`);
  return { text: canonical };
}

function date(text) {
  const match = /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(text) || /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!match) return bad(text, "日期请写作 2026-3-5 或 2026年3月5日");
  const [year, month, day] = match.slice(1).map(Number);
  const made = new Date(Date.UTC(year, month - 1, day));
  if (made.getUTCMonth() !== month - 1 || made.getUTCDate() !== day) return bad(text, "没有这一天");
  return { text: `${match[1]}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` };
}

function period(text) {
  const month = /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?$/.exec(text);
  if (month) return Number(month[2]) >= 1 && Number(month[2]) <= 12 ? { text: `${month[1]}-${month[2].padStart(2, "0")}` } : bad(text, "没有这个月");
  const year = /^(\d{4})年?$/.exec(text);
  return { text: year ? year[1] : text };
}

function code(text) {
  const digits = text.replace(/[-\s—–]/g, "");
  if (!/^\d{20}$/.test(digits)) return bad(text, "项目代码为 20 位数字，写作 0000-000000-00-00-000000");
  return { text: digits.replace(/^(\d{4})(\d{6})(\d{2})(\d{2})(\d{6})$/, "$1-$2-$3-$4-$5") };
}

function choice(field, text) {
  const found = field.choices.find((one) => one.key === text || plain(one.label) === text);
  return found ? { text: found.key } : bad(text, `“${text}”不在可选项中，请从下拉表中选`);
}

// {text, problem?}: canonical text (or the text as typed) and what is wrong with it; blank gives text null.
export function parse(field, typed) {
  const text = field.type === "text" ? typed.replace(/\r\n?/g, "\n").trim() : plain(typed);
  if (!text) return { text: null };
  if (NUMERIC.has(field.type)) return number(field, text);
  if (field.type === "date") return date(text);
  if (field.type === "period") return period(text);
  if (field.type === "project-code") return code(text);
  if (field.type === "choice") return choice(field, text);
  return { text };
}
