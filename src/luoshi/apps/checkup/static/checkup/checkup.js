// The check-up's list by keyboard; an answer that refuses (409, 422) is shown in the card, with what was typed.

const list = document.getElementById("findings");
const cards = () => [...(list?.querySelectorAll(".finding") || [])];
let current = null; // the id: the card itself is replaced by each answer

function focus(card, scroll = true) {
  if (!card) return;
  document.querySelector(".finding.is-current")?.classList.remove("is-current");
  current = card.id;
  card.classList.add("is-current");
  card.focus({ preventScroll: true });
  if (scroll) card.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = cards(), at = all.findIndex((card) => card.id === current);
  focus(all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]);
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target?.classList.contains("finding") && [409, 422].includes(xhr.status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const card = event.target.classList?.contains("finding") ? document.getElementById(event.target.id) : null;
  if (!card) return;
  focus(card, false);
  if (card.querySelector(".alert-danger")) card.querySelector(".finding-note")?.focus();
});

list?.addEventListener("pointerdown", (event) => {
  const card = event.target.closest(".finding");
  if (card && card.id !== current && !event.target.closest("a, button, input, select, label")) focus(card, false);
});
list?.addEventListener("focusin", (event) => {
  const card = event.target.closest(".finding");
  if (card && card.id !== current) { document.querySelector(".finding.is-current")?.classList.remove("is-current"); current = card.id; card.classList.add("is-current"); }
});

const KEYS = { 1: "keep_first", 2: "keep_second", 3: "verified", 4: "dismissed", u: "open" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input, textarea, select");
  if (field) {
    if (event.key === "Escape") focus(field.closest(".finding"), false);
    // Enter in the remark must not press the first button, which keeps 甲.
    if (event.key === "Enter" && field.closest(".finding-form")) event.preventDefault();
    return;
  }
  if (event.target.closest("a, button") && event.key === "Enter") return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
  const card = current && document.getElementById(current);
  if (!card) return;
  if (event.key === "Enter") { card.querySelector(".line-number a")?.click(); return; }
  const button = KEYS[key] && card.querySelector(`button[value="${KEYS[key]}"]`);
  if (!button) return;
  event.preventDefault();
  const note = card.querySelector(".finding-note");
  if (key === "4" && note && !note.value.trim()) { note.focus(); return; }
  button.click();
});

for (const choice of document.querySelectorAll(".check-filter select")) choice.addEventListener("change", () => choice.form.requestSubmit());
const asked = location.hash && document.getElementById(location.hash.slice(1));
if (asked?.classList?.contains("finding")) focus(asked);
