// Shows only the parts of the form that the choices need; without this script all of them stand there.
const form = document.getElementById("indicator-form");
const part = (name) => form.querySelector(`[data-for="${name}"]`);
function refresh() {
  const formula = form.elements.formula_kind.value;
  part("ratio").hidden = formula !== "ratio";
  part("growth").hidden = formula !== "growth";
  part("formula").hidden = !formula;
  part("weight").hidden = form.elements.unit_aggregation.value !== "weighted-mean";
}
form.addEventListener("change", refresh);
// Rates and ranks are never added up: the choice follows the kind until somebody chooses otherwise.
form.elements.kind.addEventListener("change", (event) => {
  const kind = event.target.value;
  const rate = kind === "rate" || kind === "rank";
  const units = form.elements.unit_aggregation;
  const time = form.elements.time_aggregation;
  if (rate && units.value === "sum") units.value = "none";
  if (!rate && units.value === "none") units.value = "sum";
  if (kind === "rate" && time.value === "sum") time.value = "none";
  if (kind === "flow") time.value = "sum";
  if (kind === "stock" || kind === "cumulative" || (kind === "rank" && time.value === "sum")) time.value = "last";
  refresh();
});
form.elements.formula_kind.addEventListener("change", (event) => {
  const units = form.elements.unit_aggregation;
  if (event.target.value && (units.value === "sum" || units.value === "weighted-mean" || units.value === "none")) units.value = "ratio-of-sums";
  if (!event.target.value && units.value === "ratio-of-sums") units.value = "none";
  refresh();
});
refresh();
