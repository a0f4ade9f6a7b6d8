// Ranks over the periods: one small chart a unit, the first place at the top; a period without a rank is a gap.
const boxes = document.querySelectorAll(".trend-box");
const figures = boxes.length ? JSON.parse(document.getElementById(boxes[0].dataset.figures).textContent) : { rows: [] };
const charts = [];

for (const box of boxes) {
  const row = figures.rows[Number(box.dataset.row)];
  if (!window.echarts || !row || !row.cells.some((cell) => cell && cell.rank)) { box.hidden = true; continue; }
  const chart = window.echarts.init(box, null, { renderer: "svg" });
  const most = Math.max(figures.most ?? 0, ...row.cells.map((cell) => cell?.rank ?? 1));
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    grid: { left: 24, right: 10, top: 8, bottom: 18 },
    tooltip: { trigger: "axis", confine: true, formatter: ([one]) => { const cell = row.cells[one.dataIndex]; const text = document.createElement("span"); text.textContent = cell?.rank ? `${cell.label} 第${cell.rank}名` : "没有名次"; return text.outerHTML; } },
    xAxis: { type: "category", data: row.cells.map((cell) => cell?.label ?? ""), axisLabel: { show: false }, axisTick: { show: false } },
    yAxis: { type: "value", inverse: true, min: 1, max: Math.max(2, most), interval: Math.max(1, most - 1), axisLabel: { fontSize: 10 }, splitLine: { show: false } },
    series: [{ type: "line", symbolSize: 6, connectNulls: false, lineStyle: { width: 2, color: "#7a1712" }, itemStyle: { color: "#7a1712" }, data: row.cells.map((cell) => cell?.rank ?? null) }],
  });
  charts.push(chart);
}
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
