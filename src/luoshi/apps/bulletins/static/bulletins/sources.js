// A number of the document is clicked: its provenance stands in the panel beside it.
const panel = document.getElementById("source-panel");
const rows = new Map([...document.querySelectorAll("[data-source]")].map((row) => [row.dataset.source, row]));
let chosen = null;

function choose(link, event) {
  const row = rows.get(link.dataset.figure);
  if (!panel || !row) return;
  event.preventDefault();
  chosen?.classList.remove("is-chosen");
  chosen = link;
  link.classList.add("is-chosen");
  const facts = panel.querySelector("[data-facts]");
  facts.replaceChildren();
  for (const cell of row.querySelectorAll("td[data-label]")) {
    if (!cell.textContent.trim()) continue;
    const name = document.createElement("dt");
    name.textContent = cell.dataset.label;
    const value = document.createElement("dd");
    value.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
    facts.append(name, value);
  }
  panel.querySelector("[data-hint]").hidden = true;
  if (getComputedStyle(panel).position === "static") panel.scrollIntoView({ block: "center" });
}

document.querySelector(".sheet")?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-figure]");
  if (link) choose(link, event);
});
