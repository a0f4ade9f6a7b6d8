// Blocks of cells to and from WPS and Excel (tab-separated text).

import { blockOf } from "../../intake/table.js";
import { shown } from "./values.js";

const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

// The text of a rectangle, as it is shown, but numbers without separators so that a spreadsheet takes them as numbers.
export function blockText(sheet, section, rows, fields, names) {
  return rows.map((row) => fields.map((field) => {
    const text = sheet.get(`${section.key}.${row}.${field.key}`);
    return quoted(["number", "integer", "date", "period"].includes(field.type) ? text : shown(field, text, names));
  }).join("\t")).join("\n");
}

// What a pasted text means at a place: the cells to type, the rows to add, what falls outside.
export function plan(sheet, section, text, { row, column, height, width }) {
  let block = blockOf(text);
  if (block.length === 1 && block[0].length === 1) block = Array.from({ length: height }, () => Array(width).fill(block[0][0]));
  else if (height % block.length === 0 && height > block.length && block.every((line) => line.length <= width)) block = Array.from({ length: height }, (_, at) => block[at % block.length]);
  const keys = [...sheet.rowKeys(section)];
  const wanted = row + block.length;
  let added = false;
  if (section.repeated) while (keys.length < Math.min(wanted, section.most_rows)) { keys.push(sheet.newKey()); added = true; }
  const entries = [];
  let outside = 0, skipped = 0;
  block.forEach((line, down) => line.forEach((value, across) => {
    const key = keys[row + down], field = section.fields[column + across];
    if (!key || !field) { if (value.trim()) outside += 1; return; }
    if (!sheet.isOpen(section, key, field) || field.type === "file") { if (value.trim()) skipped += 1; return; }
    entries.push([`${section.key}.${key}.${field.key}`, unitKey(sheet, field, value)]);
  }));
  return { entries, rows: added ? { [section.key]: keys } : null, outside, skipped, height: block.length, width: Math.max(...block.map((line) => line.length)) };
}

// A unit pasted by its name becomes its key where the page knows it; the server reads the others.
function unitKey(sheet, field, value) {
  if (field.type !== "unit") return value;
  const name = value.trim();
  for (const [key, known] of Object.entries(sheet.data.names.units)) if (known === name) return key;
  return value;
}
