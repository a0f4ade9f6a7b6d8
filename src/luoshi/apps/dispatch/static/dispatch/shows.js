// A form shows what goes with the chosen kind only; without this script all that the server shows stays.

const form = document.querySelector("[data-shows]");
const chosen = form?.querySelector(`[name=${form.dataset.shows}]`);

function show() {
  for (const part of form.querySelectorAll("[data-kinds]")) part.hidden = !part.dataset.kinds.split(" ").includes(chosen.value);
}

if (chosen) {
  chosen.addEventListener("change", show);
  show();
}
