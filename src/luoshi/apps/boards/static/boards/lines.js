// One indicator: a line a unit over the periods; a period without a figure is a gap, never a zero.
import { chartIn, figuresOf, plain } from "./board.js";

// None of the colours of lights, which mean something. From the thirteenth unit on the lines are dashed.
const PALETTE = ["#1e3a8a", "#0ca678", "#ae3ec9", "#a0522d", "#17a2b8", "#4b5563", "#d6336c", "#7048e8", "#808000", "#111827", "#9775fa", "#66a3a3"];
const number = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 6 });

for (const box of document.querySelectorAll(".board-lines")) {
  const figures = figuresOf(box);
  const rows = figures.rows.filter((row) => !row.whole && row.cells.some((cell) => cell?.actual != null));
  const chart = rows.length ? chartIn(box) : null;
  if (!rows.length) box.closest(".card").hidden = true;
  chart?.setOption({
    aria: { enabled: true },
    color: PALETTE,
    legend: { type: "scroll", bottom: 0 },
    grid: { left: 8, right: 20, top: 34, bottom: 34, containLabel: true },
    tooltip: { trigger: "item", formatter: ({ seriesIndex, dataIndex }) => plain(`${rows[seriesIndex].name}：${rows[seriesIndex].cells[dataIndex].reason}`) },
    xAxis: { type: "category", data: figures.periods.map((one) => one.label) },
    yAxis: { type: "value", name: figures.unit_of_measure, axisLabel: { formatter: (value) => number.format(value) } },
    series: rows.map((row, place) => ({
      lineStyle: { type: place < PALETTE.length ? "solid" : "dashed" },
      name: row.name, type: "line", connectNulls: false, symbolSize: 7,
      data: row.cells.map((cell) => (cell?.actual == null ? null : Number(cell.actual))),
    })),
  });
}
