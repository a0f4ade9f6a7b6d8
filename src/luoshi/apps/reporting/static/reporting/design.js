// The designer of forms: draws the draft, saves as one types, jumps to problems.

import { drawSections, newSection, unitList } from "./design_sections.js";
import { drawRules, drawSide, problems, told } from "./design_side.js";
import { Store } from "./design_store.js";

const $ = (id) => document.getElementById(id);
const store = new Store(JSON.parse($("design-state").textContent));

const tools = {
  /** Units, members of a group or indicators that the server knows. */
  async options(what, text) {
    const response = await fetch(`${store.state.urls.options}?what=${what}&text=${encodeURIComponent(text)}`);
    if (!response.ok) throw new Error(response.status);
    return (await response.json()).rows;
  },
  focus(name) { const found = document.querySelector(`[data-focus="${name}"]`); found?.focus(); found?.select?.(); },
  jump(place) {
    const found = $(place) ?? $(place.split("-")[0]);
    if (!found) return;
    found.scrollIntoView({ block: "center", behavior: "smooth" });
    found.classList.add("is-jumped");
    setTimeout(() => found.classList.remove("is-jumped"), 1700);
    found.querySelector("input, select, textarea")?.focus({ preventScroll: true });
  },
};

function markFaults() {
  for (const old of document.querySelectorAll(".is-faulty")) old.classList.remove("is-faulty");
  for (const one of store.told.problems) if (one.place.includes("-")) $(one.place)?.classList.add("is-faulty");
}

function draw() {
  const active = document.activeElement?.dataset?.focus;
  const start = document.activeElement?.selectionStart;
  drawSections(store, $("design-sections"), tools);
  drawRules(store, $("design-rules"), tools);
  drawSide(store, $("design-side"), tools);
  for (const [id, value] of [["design-title", store.state.title], ["design-notes", store.state.definition.notes ?? ""]]) if ($(id) !== document.activeElement || $(id).value !== value) $(id).value = value;
  markFaults();
  if (active) {
    const found = document.querySelector(`[data-focus="${CSS.escape(active)}"]`);
    found?.focus({ preventScroll: true });
    try { if (start !== null && start !== undefined) found?.setSelectionRange(start, start); } catch { /* not a text field */ }
  }
  buttons();
}

function buttons() {
  $("design-undo").disabled = !store.past.length;
  $("design-redo").disabled = !store.future.length;
}

function say(text, wrong = false) {
  $("design-saved").textContent = text;
  $("design-saved").classList.toggle("is-wrong", wrong);
}

store.on((what, detail) => {
  if (what === "redraw") draw();
  if (what === "typed") buttons();
  if (what === "state") say(detail);
  if (what === "wrong") say(detail, true);
  if (what === "told") {
    $("design-preview-body").innerHTML = detail.preview;
    $("design-problems").replaceWith(problems(store, tools));
    $("design-told").replaceChildren(told(store));
    markFaults();
  }
});

document.body.append(unitList());
draw();

$("design-title").addEventListener("input", (event) => store.edit((state) => { state.title = event.target.value; }, { key: "title", redraw: false }));
$("design-notes").addEventListener("input", (event) => store.edit((state) => { state.definition.notes = event.target.value; }, { key: "notes", redraw: false }));
$("design-undo").addEventListener("click", () => store.undo());
$("design-redo").addEventListener("click", () => store.redo());
$("design-add-fixed").addEventListener("click", () => store.edit((state) => newSection(state, "fixed")));
$("design-add-repeated").addEventListener("click", () => store.edit((state) => newSection(state, "repeated")));

// Publishing shows what is stored: save first.
$("design-publish").addEventListener("click", async (event) => {
  if (!store.dirty()) return;
  event.preventDefault();
  const there = event.currentTarget.href;
  await store.save();
  if (!store.dirty()) window.location.assign(there);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "s") { event.preventDefault(); store.save(); }
  else if (key === "z" && !event.shiftKey) { event.preventDefault(); store.undo(); }
  else if (key === "y" || (key === "z" && event.shiftKey)) { event.preventDefault(); store.redo(); }
});

const kept = store.kept();
if (kept) {
  say("本机有上次没有保存的改动", true);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = "恢复";
  button.addEventListener("click", () => { button.remove(); store.restore(kept); });
  $("design-saved").after(button);
}
if (window.location.hash.length > 1) tools.jump(window.location.hash.slice(1));
