// A rule's form shows the parameters of the chosen condition only; without this script all that apply are shown by the server.

const form = document.querySelector("[data-rule]");
const kind = form?.querySelector("[name=kind]");

function show() {
  for (const part of form.querySelectorAll("[data-kinds]")) part.hidden = !part.dataset.kinds.split(" ").includes(kind.value);
}

kind?.addEventListener("change", show);
