// The two date fields show only when a span of days is asked for; empty fields stay out of the address.

const form = document.getElementById("ledger-filter");
const due = form?.elements.namedItem("due");
const range = form?.querySelector(".due-range");

due?.addEventListener("change", () => {
  range.hidden = due.value !== "range";
  if (range.hidden) range.querySelectorAll("input").forEach((field) => { field.value = ""; });
  else range.querySelector("input").focus();
});

form?.addEventListener("submit", () => {
  for (const field of form.elements) {
    const needless = field.name === "subtree" && (field.value === "1" || !form.elements.namedItem("unit").value);
    if (field.name && (!field.value || needless)) field.disabled = true;
  }
  // Back in the history the fields must be usable again.
  setTimeout(() => { for (const field of form.elements) field.disabled = false; });
});
