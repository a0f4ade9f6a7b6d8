// The allocation grid: keyboard, blocks to and from Excel, undo, sums while typing, saving by itself.

import { canonical, fromSteps, shown, steps } from "./figures.js";

const table = document.getElementById("grid");
const { url, unit, target, measure } = table.dataset;
const editable = table.dataset.editable === "1";
const cumulative = table.dataset.cumulative === "1";
const addsUp = table.dataset.addsUp === "1";
const COPY = `luoshi-allocation-${target}-${unit}`;
const PAUSE = 900, RETRY = 5000;

const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td.share")]);
const byKey = new Map(rows.flat().map((cell) => [keyOf(cell), cell]));
const state = { row: 0, column: 0, anchor: null, revision: Number(table.dataset.revision), waiting: new Map(), sending: false, stale: false, timer: 0, past: [], future: [], pasted: false };
const sign = document.getElementById("save-state");
const discard = document.getElementById("discard");

/** What is typed changes a draft, never what is in force: say so from the first key on. */
function nameDraft() {
  const standing = document.getElementById("version-state");
  const last = standing?.dataset.inForce;
  if (!last || standing.querySelector(".bg-yellow-lt")) return;
  const badge = document.createElement("span");
  badge.className = "badge bg-yellow-lt";
  badge.textContent = `第${Number(last) + 1}版草稿（第${last}版已下达）`;
  standing.replaceChildren(badge);
}

/** A draft is stored: it can be brought into force, or thrown away at the revision that is known now. */
function beginDraft() {
  nameDraft();
  document.getElementById("adopt")?.classList.remove("d-none");
  discard?.classList.remove("d-none");
  discard?.setAttribute("hx-vals", JSON.stringify({ unit: table.dataset.unit, revision: String(state.revision) }));
}


function keyOf(cell) { return `${cell.parentElement.dataset.unit} ${cell.dataset.period}`; }
function active() { return rows[state.row][state.column]; }
// Of a number carried together the first cell holds it.
function holder(cell) {
  if (!cell.classList.contains("is-rest")) return cell;
  return rows.flat().find((other) => other.dataset.joint === cell.dataset.joint && other.dataset.period === cell.dataset.period && !other.classList.contains("is-rest")) || cell;
}
function textOf(cell) { return cell.dataset.bad ?? cell.dataset.value; }

// As values.oddity on the server: worth a second look, not refused.
const whole = table.dataset.whole === "1";
const below = table.dataset.total.startsWith("-");
function oddity(value) {
  if (!value) return "";
  if (value.startsWith("-") && !below) return "是负数，请核对；确实如此的，下达时写明原因";
  if (whole && value.includes(".")) return `“${measure}”没有小数，请核对；确实如此的，下达时写明原因`;
  return "";
}
function doubt(cell) {
  const why = cell.dataset.bad === undefined ? oddity(cell.dataset.value) : "";
  cell.classList.toggle("is-odd", Boolean(why));
  if (why) cell.title = why; else if (cell.classList.contains("was-odd") && !cell.dataset.joint && cell.dataset.bad === undefined) cell.removeAttribute("title");
  cell.classList.toggle("was-odd", Boolean(why));
}
function countOdd() {
  const told = document.getElementById("odd-told");
  const cells = table.querySelectorAll("td.is-odd");
  told.classList.toggle("d-none", !cells.length);
  told.textContent = cells.length ? `有 ${cells.length} 格是负数，或不该有小数（橙色），请核对；确实如此的，下达时须写明原因。` : "";
}

function put(cell, text) {
  const value = canonical(text, measure);
  if (value === null) { cell.dataset.bad = text; cell.title = `“${text}”不是数，没有保存`; } else { delete cell.dataset.bad; cell.dataset.value = value; if (!cell.dataset.joint) cell.removeAttribute("title"); }
  cell.classList.toggle("is-bad", value === null);
  cell.classList.toggle("is-blank", value === "" && !cell.dataset.joint);
  cell.textContent = value === null ? text : shown(value);
  doubt(cell);
  return value !== null;
}

// Sums

function figure(name, text) { const place = document.querySelector(`[data-figure=${name}]`); if (place) place.textContent = text; }
function toggle(selector, on) { document.querySelector(`#sum-bar ${selector}`)?.classList.toggle("d-none", !on); }

function addUp() {
  if (!addsUp) return;
  const periods = rows[0].map((cell) => cell.dataset.period);
  let all = 0n;
  periods.forEach((period, at) => {
    const sum = rows.reduce((total, row) => total + steps(row[at].dataset.value), 0n);
    if (!cumulative || at === periods.length - 1) all += sum;
    const place = table.querySelector(`[data-sum="${period}"]`);
    if (place) place.textContent = shown(fromSteps(sum));
    const due = table.querySelector(`[data-due="${period}"]`)?.dataset.value;
    const gap = table.querySelector(`[data-gap="${period}"]`);
    if (gap && due) {
      const off = sum - steps(due);
      gap.textContent = off > 0n ? `多 ${shown(fromSteps(off))}` : off < 0n ? `少 ${shown(fromSteps(-off))}` : "0";
      gap.className = `number ${off > 0n ? "is-over" : off < 0n ? "is-left" : ""}`;
    }
  });
  const whole = table.querySelector('[data-sum="all"]');
  if (whole) whole.textContent = shown(fromSteps(all));
  if (!cumulative) for (const row of table.tBodies[0].rows) {
    const place = row.querySelector(".row-total");
    if (place) place.textContent = shown(fromSteps([...row.querySelectorAll("td.share")].reduce((total, cell) => total + steps(cell.dataset.value), 0n)));
  }
  figure("given", `${shown(fromSteps(all))}${measure}`);
  if (table.dataset.total) {
    const total = steps(table.dataset.total);
    const rest = total - all;
    const size = shown(fromSteps(rest < 0n ? -rest : rest));
    const isShort = rest !== 0n && (rest > 0n) === (total >= 0n);
    toggle(".is-left", isShort); figure("left", size);
    toggle(".is-over:has([data-figure])", rest !== 0n && !isShort); figure("over", size);
    toggle(".is-kept", rest === 0n);
  }
}

// Moving and choosing

function corners() {
  const from = state.anchor || [state.row, state.column];
  return [Math.min(from[0], state.row), Math.min(from[1], state.column), Math.max(from[0], state.row), Math.max(from[1], state.column)];
}
function selected() {
  const [top, left, bottom, right] = corners();
  return rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
}
function paint(focus = true) {
  table.querySelectorAll(".is-active, .is-selected").forEach((cell) => cell.classList.remove("is-active", "is-selected"));
  if (state.anchor) selected().flat().forEach((cell) => cell.classList.add("is-selected"));
  rows.flat().forEach((cell) => { cell.tabIndex = -1; });
  const cell = active();
  cell.classList.add("is-active");
  cell.tabIndex = 0;
  if (focus) { cell.focus({ preventScroll: true }); cell.scrollIntoView({ block: "nearest", inline: "nearest" }); }
}
function go(row, column, extend = false) {
  if (extend) state.anchor ||= [state.row, state.column]; else state.anchor = null;
  state.row = Math.max(0, Math.min(rows.length - 1, row));
  state.column = Math.max(0, Math.min(rows[0].length - 1, column));
  paint();
}
function next(back = false) {
  const at = state.row * rows[0].length + state.column + (back ? -1 : 1);
  if (at < 0 || at >= rows.length * rows[0].length) return false;
  go(Math.floor(at / rows[0].length), at % rows[0].length);
  return true;
}

// Changing

function change(changes, { remember = true, pasted = false } = {}) {
  const done = [];
  for (const [place, text] of changes) {
    const cell = holder(place);
    const before = textOf(cell);
    if (before === text || (canonical(text, measure) !== null && before === canonical(text, measure))) continue;
    const fits = put(cell, text);
    done.push([keyOf(cell), before, fits ? cell.dataset.value : text]);
    if (fits) { nameDraft(); state.waiting.set(keyOf(cell), cell.dataset.value); cell.classList.add("is-waiting"); } else state.waiting.delete(keyOf(cell));
  }
  if (!done.length) return;
  if (remember) { state.past.push(done); state.future = []; }
  state.pasted ||= pasted;
  buttons(); addUp(); countOdd(); keep(); say(); later();
}
function undo() {
  const group = state.past.pop();
  if (!group) return;
  state.future.push(group);
  change(group.map(([key, before]) => [byKey.get(key), before]), { remember: false });
  buttons();
}
function redo() {
  const group = state.future.pop();
  if (!group) return;
  state.past.push(group);
  change(group.map(([key, , after]) => [byKey.get(key), after]), { remember: false });
  buttons();
}
function buttons() {
  const [back, forth] = [document.getElementById("undo"), document.getElementById("redo")];
  if (back) back.disabled = !state.past.length;
  if (forth) forth.disabled = !state.future.length;
}

function edit(first = null) {
  const cell = holder(active());
  const input = document.createElement("input");
  input.inputMode = "decimal";
  input.setAttribute("aria-label", `${cell.parentElement.cells[0].textContent} ${cell.dataset.period}`);
  input.value = first ?? textOf(cell);
  cell.append(input);
  input.focus();
  if (first === null) input.select();
  // Said while one types: the cell turns before it is left.
  const judge = () => {
    const value = canonical(input.value, measure);
    const why = value === null ? `“${input.value}”不是数` : oddity(value);
    input.classList.toggle("is-odd", Boolean(why));
    input.title = why;
    if (!state.stale && (why || judged)) say(why || null, value === null);
    judged = Boolean(why);
  };
  let judged = false;
  input.addEventListener("input", judge);
  if (first) judge();
  let over = false;
  const close = (take) => {
    if (over) return;
    over = true;
    const text = input.value;
    input.remove();
    if (judged && !state.stale) say();
    if (take) change([[cell, text]]);
  };
  input.addEventListener("blur", () => close(true));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    event.stopPropagation();
    const moves = { Enter: () => go(state.row + (event.shiftKey ? -1 : 1), state.column), ArrowDown: () => go(state.row + 1, state.column), ArrowUp: () => go(state.row - 1, state.column) };
    if (event.key === "Escape") { event.preventDefault(); close(false); paint(); } else if (event.key === "Tab") { event.preventDefault(); close(true); next(event.shiftKey); } else if (moves[event.key]) { event.preventDefault(); close(true); moves[event.key](); }
  });
}

// Saving

function keep() {
  const changes = [...state.waiting];
  if (changes.length) localStorage.setItem(COPY, JSON.stringify({ revision: state.revision, changes })); else localStorage.removeItem(COPY);
}
function say(text = null, bad = false) {
  const wrong = rows.flat().filter((cell) => cell.dataset.bad !== undefined).length;
  sign.textContent = text ?? (state.waiting.size ? "正在保存…" : wrong ? `有 ${wrong} 格不是数，没有保存` : "已保存");
  sign.classList.toggle("is-bad", bad || (!text && !state.waiting.size && wrong > 0));
}
function later(wait = PAUSE) { clearTimeout(state.timer); state.timer = setTimeout(save, wait); }

async function send(body) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const response = await fetch(url, { method: "PATCH", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify({ unit, revision: state.revision, ...body }) });
  return { status: response.status, body: await response.json().catch(() => ({})) };
}

async function save() {
  if (!state.waiting.size || state.sending || state.stale) return;
  state.sending = true;
  const sent = new Map(state.waiting);
  say();
  try {
    const answer = await send({ pasted: state.pasted, changes: [...sent].map(([key, text]) => { const [row, period] = key.split(" "); return [Number(row), period, text]; }) });
    if (answer.status === 200) {
      state.revision = answer.body.revision;
      state.pasted = false;
      for (const [key, text] of sent) if (state.waiting.get(key) === text) { state.waiting.delete(key); byKey.get(key)?.classList.remove("is-waiting"); }
      keep();
      say(null);
      beginDraft();
    } else if (answer.status === 409) {
      state.stale = true;
      say("没有保存：他人已改动", true);
      offer(`${answer.body.message || "他人刚刚改动了此项。"}`, "载入最新内容", () => location.reload());
    } else if (answer.status === 422 && answer.body.errors) {
      for (const [place, why] of Object.entries(answer.body.errors)) {
        const key = place.replace(":", " ");
        const cell = byKey.get(key);
        if (!cell) { state.stale = true; say(why, true); continue; }
        state.waiting.delete(key);
        cell.classList.remove("is-waiting");
        cell.classList.add("is-bad");
        cell.title = why;
      }
      keep();
      if (!state.stale) say(`没有保存：${answer.body.message}`, true);
    } else throw Object.assign(new Error(), { words: answer.body.message || (answer.status === 403 ? "您没有修改的权限。" : "系统出错，内容留在本机。") });
  } catch (error) {
    say(error.words || "网络中断，内容留在本机，恢复后自动保存", true);
    later(RETRY);
  } finally {
    state.sending = false;
  }
  if (state.waiting.size && !state.stale) later();
}

function offer(text, label, act, other) {
  const box = document.getElementById("kept-copy");
  box.textContent = `${text} `;
  for (const [words, run] of [[label, act], ...(other ? [other] : [])]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm ms-2";
    button.textContent = words;
    button.addEventListener("click", run);
    box.append(button);
  }
  box.classList.remove("d-none");
}

// What could not be saved before the page was left is offered again, never put over what others have written.
function restore() {
  let copy = null;
  try { copy = JSON.parse(localStorage.getItem(COPY)); } catch { localStorage.removeItem(COPY); }
  const known = (copy?.changes || []).filter(([key, text]) => byKey.has(key) && byKey.get(key).dataset.value !== text);
  if (!known.length) { localStorage.removeItem(COPY); return; }
  const hide = () => document.getElementById("kept-copy").classList.add("d-none");
  offer(`本机留有 ${known.length} 格上次没有保存的内容。`, "恢复", () => { hide(); change(known.map(([key, text]) => [byKey.get(key), text])); }, ["放弃", () => { hide(); localStorage.removeItem(COPY); }]);
}

// Numbers carried together

async function together(name) {
  const keys = selected().flat().map((cell) => { const [row, period] = keyOf(cell).split(" "); return [Number(row), period]; });
  if (!(await settle())) return;
  const answer = await send({ [name]: keys });
  if (answer.status === 200) location.reload(); else say(answer.body.message || "没有保存", true);
}

async function settle() {
  clearTimeout(state.timer);
  for (let tries = 0; state.waiting.size && !state.stale && tries < 3; tries += 1) await save();
  return !state.waiting.size;
}
window.luoshiGrid = { settle };

if (editable) {
  table.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("td.share");
    if (!cell || event.target.matches("input")) return;
    event.preventDefault();
    if (document.activeElement?.matches("#grid input")) document.activeElement.blur();
    const row = rows.findIndex((line) => line.includes(cell));
    const again = active() === cell && matchMedia("(pointer: coarse)").matches;
    go(row, rows[row].indexOf(cell), event.shiftKey);
    if (again) edit();
    const drag = (move) => { const over = move.target.closest?.("td.share"); if (over && over !== active()) { const line = rows.findIndex((cells) => cells.includes(over)); go(line, rows[line].indexOf(over), true); } };
    document.addEventListener("mousemove", drag);
    document.addEventListener("mouseup", () => document.removeEventListener("mousemove", drag), { once: true });
  });
  table.addEventListener("dblclick", (event) => { if (event.target.closest("td.share")) edit(); });
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td.share");
    if (!cell || event.target !== cell || cell === active()) return;
    const row = rows.findIndex((line) => line.includes(cell));
    go(row, rows[row].indexOf(cell));
  });
  table.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.target.closest("td.share")) return;
    const { row, column } = state;
    const moves = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, rows[0].length - 1] };
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "z") { event.preventDefault(); event.shiftKey ? redo() : undo(); } else if (command && event.key.toLowerCase() === "y") { event.preventDefault(); redo(); } else if (command && event.key.toLowerCase() === "a") { event.preventDefault(); state.row = rows.length - 1; state.column = rows[0].length - 1; state.anchor = [0, 0]; paint(); } else if (command) return;
    else if (moves[event.key]) { event.preventDefault(); go(...moves[event.key], event.shiftKey); } else if (event.key === "Tab") { if (next(event.shiftKey)) event.preventDefault(); } else if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); edit(); } else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); change(selected().flat().map((cell) => [cell, ""])); } else if (event.key.length === 1 && !event.altKey) { event.preventDefault(); edit(event.key); } else if (event.key === "Process") edit(""); // an input method begins: its text goes into the cell
  });
  document.addEventListener("copy", (event) => {
    if (!document.activeElement?.matches("#grid td.share")) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", selected().map((line) => line.map(textOf).join("\t")).join("\n"));
  });
  document.addEventListener("paste", (event) => {
    if (!document.activeElement?.matches("#grid td.share")) return;
    event.preventDefault();
    const lines = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const [top, left, bottom, right] = corners();
    const single = lines.length === 1 && lines[0].length === 1;
    const changes = [];
    let outside = 0;
    if (single) selected().flat().forEach((cell) => changes.push([cell, lines[0][0].trim()]));
    else lines.forEach((line, down) => line.forEach((text, along) => { const cell = rows[top + down]?.[left + along]; if (cell) changes.push([cell, text.trim()]); else outside += 1; }));
    change(changes, { pasted: true });
    if (!single) { state.row = top; state.column = left; state.anchor = [Math.min(rows.length - 1, top + lines.length - 1), Math.min(rows[0].length - 1, left + lines[0].length - 1)]; } else { state.anchor = bottom > top || right > left ? [bottom, right] : null; }
    paint();
    if (outside) say(`有 ${outside} 格超出表外，没有粘贴`, true);
  });
  document.getElementById("undo")?.addEventListener("click", undo);
  document.getElementById("redo")?.addEventListener("click", redo);
  document.getElementById("join")?.addEventListener("click", () => together("join"));
  document.getElementById("part")?.addEventListener("click", () => together("part"));
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", (event) => { if (state.waiting.size && !state.stale) event.preventDefault(); });
  restore();
  paint(false);
}
rows.flat().forEach(doubt);
countOdd();
addUp();
