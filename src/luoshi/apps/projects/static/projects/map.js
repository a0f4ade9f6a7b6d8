// Projects where they stand: on boundaries where there are any, else by longitude and latitude alone.
const COLOURS = { reserve: "#4dabf7", preparation: "#1e3a8a", started: "#f76707", construction: "#7048e8", completed: "#0ca678", left: "#868e96" };

const box = document.getElementById("project-map");
const figures = JSON.parse(document.getElementById(box.dataset.figures).textContent);
const escape = (text) => String(text).replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);
const sizeOf = (value) => Math.max(6, Math.min(30, 6 + 4 * Math.sqrt(value)));

function extent(axis) {
  const values = figures.points.map(({ at }) => at[axis]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max((high - low) * 0.08, 0.05);
  return { min: low - room, max: high + room };
}

function draw() {
  const chart = window.echarts.init(box);
  const places = Boolean(figures.boundaries);
  if (places) window.echarts.registerMap("places", figures.boundaries);
  const series = figures.labels.map(([state, label]) => ({
    name: label, type: "scatter", coordinateSystem: places ? "geo" : "cartesian2d",
    itemStyle: { color: COLOURS[state], opacity: 0.8, borderColor: "#fff" },
    symbolSize: ([, , size]) => sizeOf(size),
    data: figures.points.filter((one) => one.state === state).map((one) => ({ name: one.name, value: [...one.at, one.size], id: one.id, told: one })),
  })).filter(({ data }) => data.length);
  const plane = places
    ? { geo: { map: "places", nameProperty: "unit", roam: true, aspectScale: 0.95, itemStyle: { areaColor: "#f1f5f9", borderColor: "#94a3b8" }, emphasis: { disabled: true } } }
    : { xAxis: { type: "value", name: "东经", ...extent(0) }, yAxis: { type: "value", name: "北纬", ...extent(1) }, grid: { left: 48, right: 48, top: 40, bottom: 40 } };
  chart.setOption({
    aria: { enabled: true }, legend: { top: 4 }, ...plane, series,
    tooltip: { formatter: ({ data }) => `${escape(data.told.name)}<br>${escape(data.told.unit)}　${escape(data.told.library)}<br>总投资 ${escape(data.told.total)} 万元` },
  });
  chart.on("click", ({ data }) => { if (data?.told) window.location.assign(box.dataset.open + data.told.id); });
  window.addEventListener("resize", () => chart.resize());
}

if (window.echarts) draw();
else window.addEventListener("load", draw);
