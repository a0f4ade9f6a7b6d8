// Shows the fields of the chosen kind only; without a script all are shown.
const select = document.querySelectorAll("[data-chooses]");
function show(one) {
  const value = one.type === "radio" ? document.querySelector(`[name="${one.name}"]:checked`)?.value : one.value;
  for (const part of document.querySelectorAll(`[data-choice="${one.dataset.chooses}"]`)) {
    part.hidden = !part.dataset.when.split(" ").includes(value);
  }
}
for (const one of select) { one.addEventListener("change", () => show(one)); show(one); }
