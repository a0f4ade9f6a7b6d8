// Ticking all rows of the page, and the field that only “另定” needs.
const all = document.getElementById("all");
all?.addEventListener("change", () => {
  for (const box of document.querySelectorAll('#comparison input[name="units"]')) box.checked = all.checked;
});
const basis = document.getElementById("basis");
const other = document.getElementById("other-value");
if (basis && other) {
  const refresh = () => { other.hidden = basis.value !== "other"; };
  basis.addEventListener("change", refresh);
  refresh();
}
