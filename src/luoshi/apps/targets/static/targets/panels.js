// Panels above the grid: opened by a button, filled by the server, closed without trace; choosing units by group.

const panel = document.getElementById("panel");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  if (opener && panel) {
    // What was typed goes first: the panel shows the revision that it will send.
    const open = () => window.htmx.ajax("GET", `${opener.dataset.panel}?unit=${encodeURIComponent(panel.dataset.unit)}`, { target: panel, swap: "innerHTML" })
      .then(() => { panel.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true }); panel.scrollIntoView({ block: "nearest" }); prepare(panel); });
    const saving = window.luoshiGrid?.settle();
    saving ? saving.then((done) => done && open()) : open();
  }
  if (event.target.closest("[data-close]")) event.target.closest(".panel").remove();
  const group = event.target.closest("[data-group]");
  if (group) {
    const wanted = new Set(group.dataset.group.split(",").filter(Boolean));
    for (const box of group.closest(".panel").querySelectorAll("[name=units]")) box.checked = wanted.has(box.value);
    count(group.closest(".panel"));
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.closest(".panel");
  if (!form) return;
  if (event.target.matches("[data-filter]")) {
    const text = event.target.value.trim();
    for (const label of form.querySelectorAll(".unit-picks label")) label.hidden = Boolean(text) && !label.dataset.name.includes(text);
  }
  if (event.target.matches("[name=units]")) count(form);
  if (event.target.matches("#units-by, #cadence")) choose(form);
});

// A column of weights is pasted into the first cell.
document.addEventListener("paste", (event) => {
  if (!event.target.matches?.(".weight-cells input, .point-cells input")) return;
  const values = event.clipboardData.getData("text").trim().split(/[\r\n\t]+/);
  if (values.length < 2) return;
  event.preventDefault();
  const cells = [...event.target.closest(".weight-cells, .point-cells").querySelectorAll("input")];
  const start = cells.indexOf(event.target);
  values.forEach((value, at) => { if (cells[start + at]) cells[start + at].value = value.trim(); });
});

function count(form) {
  const shown = form.querySelector("[data-count]");
  if (shown) shown.textContent = form.querySelectorAll("[name=units]:checked").length;
}

function choose(form) {
  const method = form.querySelector("#units-by")?.value;
  if (method === undefined) return;
  const cadence = form.querySelector("#cadence").value;
  form.querySelector("[data-for=weights]").hidden = method !== "weights";
  form.querySelector("[data-for=indicator]").hidden = method !== "indicator";
  form.querySelector("[data-for=periods]").hidden = cadence === "yearly";
}

function prepare(root) { for (const form of root.querySelectorAll(".panel")) { count(form); choose(form); } }
prepare(document);
