// How an item reads: the figures as the plan prints them and in base units.

export const KINDS = { measure: "措施", target: "目标", responsibility: "责任", deadline: "时限", table: "附表" };
export const STATES = { pending: "待确认", accepted: "已确认", corrected: "已更正", rejected: "已剔除", added: "已添加" };
export const ROLES = { lead: "牵头", responsible: "责任", supporting: "配合" };
const SIGNS = { ">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "", "~": "约" };
const CADENCES = { weekly: "每周", "ten-daily": "每旬", "half-monthly": "每半月", monthly: "每月", quarterly: "每季度", "half-yearly": "每半年", yearly: "每年" };
const RATIOS = new Set(["%", "百分点", "个百分点", ":1", "‰", "倍"]);

export function grouped(text) {
  const [whole, part] = String(text).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
}

// Moves the decimal point of a decimal string to the left: exact, where a float would not be.
function shifted(text, places) {
  const negative = text.startsWith("-");
  const [whole, part = ""] = text.replace("-", "").split(".");
  const digits = whole.padStart(places + 1, "0");
  const moved = `${digits.slice(0, -places)}.${digits.slice(-places)}${part}`.replace(/\.?0+$/, "").replace(/^0+(?=\d)/, "");
  return (negative ? "-" : "") + moved;
}

export function asPrinted(value, unit, text = "") {
  if (value === null || value === undefined || value === "") return "";
  if (!RATIOS.has(unit)) {
    for (const [word, places] of [["亿", 8], ["万", 4]]) {
      const part = shifted(value, places);
      if (text.replace(/[,，\s]/g, "").includes(`${part}${word}`)) return `${grouped(part)}${word}${unit}`;
    }
  }
  return `${grouped(value)}${unit}`;
}

// What stands in the input of a form: 1.5万 where the plan prints so.
export const asTyped = (value, unit, text) => (value ? asPrinted(value, "", RATIOS.has(unit) ? "" : text) : "");

const SCALES = { 十: 10n, 百: 100n, 千: 1000n, 万: 10n ** 4n, 亿: 10n ** 8n };
// The number that was typed, in base units, as a decimal string; null if it is none.
export function inBase(typed) {
  const match = /^([-−]?\d+)(?:\.(\d+))?([十百千]?[万亿]{0,2}|[十百千])$/.exec(typed.replace(/[,，\s]/g, ""));
  if (!match) return null;
  const scale = [...match[3]].reduce((product, word) => product * SCALES[word], 1n);
  const part = match[2] || "";
  const digits = (BigInt(match[1].replace("−", "-") + part) * scale).toString();
  if (!part) return digits;
  const negative = digits.startsWith("-");
  return shifted(`${negative ? "-" : ""}${digits.replace("-", "")}`, part.length);
}

export function figure(item) {
  const { value, value_max: top, unit } = item.data;
  if (top) return `${asPrinted(value, unit, item.text).replace(unit, "")}—${asPrinted(top, unit, item.text)}`;
  return asPrinted(value, unit, item.text);
}

export function baseFigure(item) {
  const { value, value_max: top, unit } = item.data;
  const base = top ? `${grouped(value)}—${grouped(top)}${unit}` : `${grouped(value)}${unit}`;
  return base === figure(item) ? "" : base;
}

// As plans/words.py: 增加值 names a figure, not its growth.
const RISE = /增长|增速|增幅|增加率|净增|新增|提高|提升|上升/, FALL = /下降|降低|减少|压缩|压减|降至/;
export function motion(data) {
  if (data.direction === "down") return FALL.test(data.indicator) ? "" : "下降";
  return data.change && RATIOS.has(data.unit) && !RISE.test(data.indicator) ? "增长" : "";
}

export const demand = (item) => [motion(item.data), SIGNS[item.data.comparator] ?? item.data.comparator, figure(item)].filter(Boolean).join(" ");

export function due(data) {
  if (data.rule === "date") return data.date ? `${data.date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日")}前` : "日期未定";
  if (data.rule === "days-after") return `${data.days}${data.working ? "个工作" : ""}日内`;
  if (data.rule === "monthly" && data.day) return `每月${data.day}日前`;
  if (data.rule === "yearly" && data.date) return `每年${data.date.slice(5).replace(/^0?(\d+)-0?(\d+)$/, "$1月$2日")}前`;
  return CADENCES[data.rule] || data.rule;
}

export const percent = (certainty) => (certainty === null ? "" : `${Math.floor(certainty * 100)}%`);
export const measureName = (item) => `${item.data.labels.at(-1) || ""}${item.data.title || item.text.slice(0, 40)}`;
export const isUnknown = (entry) => !entry.units.length && !entry.open;
