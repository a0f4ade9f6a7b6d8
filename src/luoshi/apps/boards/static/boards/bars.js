// One unit: for every target what was reached of what is due, the line at 100 %.
import { COLOURS, SHAPES, chartIn, figuresOf, plain } from "./board.js";

for (const box of document.querySelectorAll(".board-bars")) {
  const rows = figuresOf(box).rows.filter((row) => row.ratio !== null).slice(0, 40).reverse();
  box.style.height = `${Math.max(9, 4 + rows.length * 1.7)}rem`;
  const chart = rows.length ? chartIn(box) : null;
  if (!rows.length) box.closest(".card").hidden = true;
  chart?.setOption({
    aria: { enabled: true },
    grid: { left: 8, right: 70, top: 28, bottom: 8, containLabel: true },
    tooltip: { formatter: ({ dataIndex }) => plain(rows[dataIndex].reason) },
    xAxis: { type: "value", min: 0, axisLabel: { formatter: "{value}%" } },
    yAxis: { type: "category", data: rows.map((row) => row.indicator), axisLabel: { width: 260, overflow: "truncate" } },
    series: [{
      type: "bar", barMaxWidth: 18,
      data: rows.map((row) => ({ value: Math.floor(Number(row.ratio) * 1000) / 10, itemStyle: { color: COLOURS[row.light] } })),
      label: { show: true, position: "right", textBorderColor: "#fff", textBorderWidth: 3, formatter: ({ value, dataIndex }) => `${SHAPES[rows[dataIndex].light] ?? ""}${value}%` },
      markLine: { silent: true, symbol: "none", label: { formatter: "应达" }, lineStyle: { color: "#0f172a" }, data: [{ xAxis: 100 }] },
    }],
  });
}
