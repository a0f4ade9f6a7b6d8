// The meeting's room: decisions, who came and the minutes are kept while they are typed. Ctrl+Enter begins the next decision.

import { Keeper, guard, keepText, local, send } from "./keeping.js";

const room = document.querySelector("[data-room]");
const rows = room.querySelector("[data-rows]");
const blank = room.querySelector("[data-blank]");
const prefix = `luoshi-decision-${room.dataset.room}-`;
const keepers = new Map();

const field = (row, name) => row.elements.namedItem(name);
const number = () => room.querySelector("[data-count]").replaceChildren(String(rows.children.length));

/** What a row holds, as it would be sent: the pickers put in what was chosen. */
function held(row) {
  const data = new FormData(row);
  const found = {};
  for (const name of ["decision", "revision", "key", "item", "text", "due_on", "unit"]) found[name] = data.get(name) ?? "";
  found.supporting = data.getAll("supporting").filter(Boolean);
  return found;
}

const isEmpty = (row) => { const now = held(row); return !now.text.trim() && !now.due_on && !now.unit && !now.supporting.length; };

function begin(row) {
  if (!field(row, "key").value) field(row, "key").value = crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;
  const mark = prefix + field(row, "key").value;
  const keeper = new Keeper({
    sign: row.querySelector(".kept-sign"),
    key: mark,
    url: row.action,
    take: () => new FormData(row),
    sent: (answer) => {
      field(row, "decision").value = answer.id;
      field(row, "revision").value = answer.revision;
      row.querySelector(".no").textContent = answer.ordinal;
      row.classList.remove("is-new");
      const wrong = Object.values(answer.errors);
      for (const name of ["unit", "supporting", "due_on"]) field(row, name)?.classList.toggle("is-invalid", name in answer.errors);
      return wrong.length ? `文字已保存；${wrong.join("；")}` : "";
    },
    refused: (error) => {
      if (error.answer?.theirs === undefined) return;
      // What the other wrote stands below one's own; stored again, it takes the place of both.
      const text = field(row, "text");
      if (error.answer.theirs && !text.value.includes(error.answer.theirs)) text.value = `${text.value}\n——他人写的——\n${error.answer.theirs}`;
      field(row, "revision").value = "";
    },
  });
  keepers.set(row, keeper);
  const touched = () => {
    if (!field(row, "decision").value && isEmpty(row)) return;
    local.write(mark, JSON.stringify(held(row)));
    keeper.touch();
  };
  row.addEventListener("input", touched);
  row.addEventListener("change", () => { touched(); keeper.flush(); });
  row.addEventListener("submit", (event) => { event.preventDefault(); keeper.flush(); next(row); });
  row.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); keeper.flush(); next(row); } });
  row.querySelector("[data-discard]").addEventListener("click", () => discard(row));
  return keeper;
}

function add(values = {}) {
  const row = blank.content.firstElementChild.cloneNode(true);
  row.classList.add("is-new");
  if (values.key) field(row, "key").value = values.key;
  if (values.item) { field(row, "item").value = values.item; row.querySelector("[data-item-label]").textContent = values.title || "议题"; }
  if (values.text) field(row, "text").value = values.text;
  if (values.due_on) field(row, "due_on").value = values.due_on;
  if (values.unit) { const unit = field(row, "unit"); unit.value = values.label || values.unit; if (values.label) unit.dataset.values = values.unit; }
  if (values.supporting?.length) field(row, "supporting").dataset.rest = values.supporting.join("；");
  rows.append(row);
  // The unit pickers look at what was added (units.js listens for it).
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: row } }));
  begin(row);
  number();
  return row;
}

function next(row) {
  const after = row.nextElementSibling || add();
  field(after, "text").focus();
}

async function discard(row) {
  const decision = field(row, "decision").value;
  const text = field(row, "text").value.trim();
  if (text && !confirm(`删去这一条？\n${text.slice(0, 80)}`)) return;
  const keeper = keepers.get(row);
  await keeper.running;
  if (decision) {
    try { await send(room.dataset.discardUrl.replace("/0/", `/${decision}/`), {}); } catch (error) { keeper.say(error.message, "wrong"); return; }
  }
  clearTimeout(keeper.timer);
  local.drop(prefix + field(row, "key").value);
  keepers.delete(row);
  row.remove();
  number();
}

for (const row of rows.querySelectorAll("[data-decision]")) begin(row);

// What the browser still holds was never stored: it comes back, and is sent again.
for (const mark of local.keys(prefix)) {
  const kept = JSON.parse(local.read(mark));
  const there = [...keepers.keys()].find((row) => field(row, "key").value === kept.key || (kept.decision && field(row, "decision").value === kept.decision));
  const row = there || add(kept);
  if (there) { field(row, "text").value = kept.text; if (kept.due_on) field(row, "due_on").value = kept.due_on; }
  keepers.get(row).touch();
}

if (!rows.children.length) add();
number();

room.querySelector("[data-more]").addEventListener("click", () => field(add(), "text").focus());
for (const button of document.querySelectorAll("[data-decide]")) {
  button.addEventListener("click", () => {
    const last = rows.lastElementChild;
    if (last && isEmpty(last) && !field(last, "decision").value) { keepers.delete(last); last.remove(); }
    const { decide, title, unit, unitLabel } = button.dataset;
    const row = add({ item: decide, title: `议题：${title.slice(0, 24)}`, unit, label: unitLabel });
    field(row, "text").focus();
    row.scrollIntoView({ block: "nearest" });
  });
}

// Who came.
const came = document.querySelector("[data-came]");
let presence = null;
if (came) {
  presence = new Keeper({ sign: came.querySelector(".kept-sign"), url: came.action, take: () => new FormData(came), sent: () => "" });
  came.addEventListener("input", () => presence.touch());
  came.addEventListener("submit", (event) => { event.preventDefault(); presence.flush(); });
}

// The minutes.
const area = document.querySelector("textarea[data-keep]");
const minutes = keepText(area);
document.querySelector("[data-draft]").addEventListener("click", async (event) => {
  await Promise.all([...keepers.values()].map((keeper) => keeper.flush()));
  if (presence) await presence.flush();
  if (area.value.trim() && !confirm("按记录重新起草，替换现在的纪要？")) return;
  try {
    const response = await fetch(event.target.dataset.draft, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    area.value = answer.text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  } catch (error) { minutes.say(error.message || "网络中断，没有起草。", "wrong"); }
});

// Issuing waits until everything that was typed is stored.
area.form.addEventListener("submit", async (event) => {
  const waiting = [...keepers.values(), minutes, ...(presence ? [presence] : [])].filter((keeper) => keeper.dirty || keeper.running);
  if (!waiting.length) { local.drop(area.dataset.local); return; }
  event.preventDefault();
  await Promise.all(waiting.map((keeper) => keeper.flush()));
  if (!waiting.some((keeper) => keeper.wrong)) { delete area.form.dataset.sent; local.drop(area.dataset.local); area.form.requestSubmit(); }
});

guard(() => [...keepers.values(), minutes, ...(presence ? [presence] : [])]);
