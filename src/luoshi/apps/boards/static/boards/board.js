// What all boards share: figures of the page, colours and shapes of lights, sorting, printing, choosing at once.
export const COLOURS = { red: "#d63939", yellow: "#f59f00", green: "#2fb344", blue: "#206bc4", grey: "#b8c0c9" };
export const WORDS = { red: "滞后", yellow: "略慢", green: "达到进度", blue: "已完成", grey: "未报" };
// The same shapes as beside the words: who sees no colours sees these.
export const SHAPES = { red: "▼", yellow: "▲", green: "■", blue: "●", grey: "○" };
export const NONE = "#ffffff";

/** The figures that the page brought for a drawing. */
export function figuresOf(box) {
  return JSON.parse(document.getElementById(box.dataset.figures).textContent);
}

/** A chart that follows the size of its box and of the paper; nothing where the library is missing: the table stays. */
export function chartIn(box) {
  if (!window.echarts) { box.hidden = true; return null; }
  const chart = window.echarts.init(box, null, { renderer: "svg", locale: "ZH" });
  new ResizeObserver(() => chart.resize()).observe(box);
  for (const name of ["beforeprint", "afterprint"]) window.addEventListener(name, () => chart.resize());
  return chart;
}

/** A text for a tooltip, which the library takes as HTML. */
export function plain(text) {
  const node = document.createElement("span");
  node.textContent = text ?? "";
  return node.innerHTML;
}

/** Only columns of figures are sorted as figures: the name of a target may begin with a year. */
function keyOf(cell) {
  const text = cell.dataset.sort ?? cell.textContent.trim();
  if (cell.dataset.sort === undefined && !cell.classList.contains("number")) return text;
  const number = Number.parseFloat(text.replaceAll(",", ""));
  return Number.isNaN(number) ? text : number;
}

function sortBy(table, column, down) {
  const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row.cells[column]), row]);
  rows.sort(([one], [other]) => {
    if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
    const order = typeof one === "number" ? one - other : one.localeCompare(other, "zh");
    return down ? -order : order;
  });
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    head.dataset.sortKey = column;
    head.tabIndex = 0;
    const sort = () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sortBy(table, column, down);
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === head) sort(); });
  });
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => { if (event.target.matches("select")) form.submit(); });
}
