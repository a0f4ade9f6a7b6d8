// Keyboard: J and K move in a list, Enter opens, / searches; on an order's page A goes to what is to be done.
// What is typed into a form with data-keep is kept on this machine until it has been sent.

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
let rows = [];
let at = -1;

function collect() {
  rows = [...document.querySelectorAll("table[data-keys] tbody tr")].filter((row) => row.querySelector("a[href]"));
}

function go(step) {
  if (!rows.length) return;
  rows[at]?.classList.remove("is-at");
  at = Math.min(rows.length - 1, Math.max(0, at + step));
  rows[at].classList.add("is-at");
  rows[at].querySelector("a[href]").focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j") go(1);
  else if (key === "k") go(-1);
  else if (key === "/") document.querySelector("[data-search]")?.focus();
  else if (key === "a") {
    const act = document.querySelector("[data-acts]");
    if (!act) return;
    (act.querySelector("textarea, input:not([type=hidden])") ?? act.querySelector("[data-first]"))?.focus();
  } else return;
  event.preventDefault();
});

for (const form of document.querySelectorAll("form[data-keep]")) {
  const area = form.querySelector("textarea");
  const place = `luoshi-${form.dataset.keep}`;
  const kept = localStorage.getItem(place);
  if (kept && !area.value) area.value = kept;
  area.addEventListener("input", () => {
    if (area.value) localStorage.setItem(place, area.value);
    else localStorage.removeItem(place);
  });
  form.addEventListener("submit", () => localStorage.setItem(`${place}-sent`, "yes"));
}
// Gone with the step that it became: a page that no longer asks for it has taken it.
for (const place of Object.keys(localStorage)) {
  if (!place.startsWith("luoshi-order-") || !place.endsWith("-sent")) continue;
  const text = place.replace(/-sent$/, "");
  if (!document.querySelector(".alert-danger")) localStorage.removeItem(text);
  localStorage.removeItem(place);
}

collect();
