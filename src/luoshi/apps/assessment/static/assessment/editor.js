// The editor of a scheme's text: line numbers beside it, a click on a problem leads to its line.
const area = document.querySelector("[data-yaml]");
const gutter = document.querySelector("[data-gutter]");
const form = document.querySelector("[data-text-form]");

function badLines() {
  return new Set([...document.querySelectorAll("[data-problem-line]")].map((one) => Number(one.dataset.problemLine)));
}

function number() {
  if (!area || !gutter) return;
  const bad = badLines();
  const count = area.value.split("\n").length;
  gutter.replaceChildren();
  for (let line = 1; line <= count; line += 1) {
    const row = document.createElement("span");
    row.textContent = String(line);
    if (bad.has(line)) row.className = "bad";
    gutter.append(row, "\n");
  }
  gutter.scrollTop = area.scrollTop;
}

function goTo(line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = Math.max(0, (line - 6) * (area.scrollHeight / Math.max(1, lines.length)));
}

area?.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
area?.addEventListener("input", number);
document.body.addEventListener("htmx:afterSwap", number);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-problem-line]");
  if (button && Number(button.dataset.problemLine)) goTo(Number(button.dataset.problemLine));
});

// The parameters of the chosen method only; without a script all are shown.
const method = document.querySelector("[data-method]");
function parameters() {
  for (const part of document.querySelectorAll("[data-for-method]")) part.hidden = part.dataset.forMethod !== method.value;
}
method?.addEventListener("change", parameters);
if (method) parameters();

// The form of an item and the text are saved apart: whoever typed in one is asked before the other is sent.
const changed = new Set();
for (const one of document.querySelectorAll("form[data-keeps]")) {
  one.addEventListener("input", () => changed.add(one));
  one.addEventListener("submit", (event) => {
    const other = [...changed].find((candidate) => candidate !== one);
    if (other && !window.confirm("另一边还有没保存的修改，会丢失。仍要保存这一边吗？")) event.preventDefault();
    else changed.clear();
  });
}
window.addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });
form?.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); form.requestSubmit(); }
});
number();
