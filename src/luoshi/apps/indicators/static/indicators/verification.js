// Ticking rows: all of the page, or those that need no thought; and the field that only “另定” needs.
const all = document.getElementById("all");
const boxes = () => [...document.querySelectorAll('#comparison input[name="units"]')];
const ticked = document.getElementById("ticked");
const count = () => { if (ticked) ticked.textContent = boxes().filter((box) => box.checked).length; if (all) all.checked = boxes().every((box) => box.checked); };
const tick = (which) => { for (const box of boxes()) box.checked = which(box); count(); };

all?.addEventListener("change", () => tick(() => all.checked));
document.getElementById("tick-all")?.addEventListener("click", () => tick(() => true));
document.getElementById("tick-plain")?.addEventListener("click", () => tick((box) => box.closest("tr").hasAttribute("data-plain")));
document.getElementById("comparison")?.addEventListener("change", (event) => { if (event.target.name === "units") count(); });
if (ticked) count();

const basis = document.getElementById("basis");
const other = document.getElementById("other-value");
if (basis && other) {
  const refresh = () => { other.hidden = basis.value !== "other"; };
  basis.addEventListener("change", refresh);
  refresh();
}
