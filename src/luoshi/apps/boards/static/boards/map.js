// The prefecture as a map of boundaries, or as tiles where there are none.
import { COLOURS, NONE, SHAPES, chartIn, figuresOf, plain } from "./board.js";

function told(place) {
  return place ? plain(place.sentence) + (place.place ? `<br>达到进度的占比第${place.place}名` : "") : "没有下达目标";
}

// The shape above the name: beside it the label of a small place would lie on its neighbour's.
function labelOf(place) {
  return place ? [SHAPES[place.light], place.name].filter(Boolean).join("\n") : "";
}

function styleOf(place) {
  const colour = COLOURS[place?.light];
  return colour ? { areaColor: colour, color: colour } : { areaColor: NONE, color: NONE, borderColor: "#94a3b8" };
}

function mapOption(figures, places, fontSize) {
  window.echarts.registerMap("places", figures.boundaries);
  const data = figures.boundaries.features.map(({ properties: { unit } }) => {
    const place = places.get(unit);
    return { name: unit, itemStyle: styleOf(place), label: { formatter: () => labelOf(place) } };
  });
  const shared = { label: { show: true, fontSize, color: "#0f172a", textBorderColor: "#fff", textBorderWidth: 2 }, itemStyle: { borderColor: "#fff", borderWidth: 1.5 } };
  return {
    aria: { enabled: true },
    tooltip: { formatter: ({ name }) => told(places.get(name)) },
    series: [{ type: "map", map: "places", nameProperty: "unit", roam: false, aspectScale: 0.95, layoutCenter: ["50%", "50%"], layoutSize: "96%", selectedMode: false, data, ...shared, emphasis: { label: { show: true }, itemStyle: { areaColor: undefined, borderColor: "#0f172a" } } }],
  };
}

function tilesOption(figures, places, fontSize) {
  const columns = Math.max(...figures.tiles.map(([, column]) => column)) + 1;
  const rows = Math.max(...figures.tiles.map(([, , row]) => row)) + 1;
  const data = figures.tiles.map(([unit, column, row]) => {
    const place = places.get(unit);
    return { name: unit, value: [column, rows - 1 - row, 1], itemStyle: styleOf(place), label: { formatter: () => labelOf(place) } };
  });
  const axis = (count) => ({ type: "category", data: [...Array(count).keys()], show: false });
  return {
    aria: { enabled: true },
    grid: { left: 8, right: 8, top: 8, bottom: 8 },
    xAxis: axis(columns),
    yAxis: axis(rows),
    tooltip: { formatter: ({ name }) => told(places.get(name)) },
    series: [{ type: "heatmap", data, label: { show: true, fontSize, color: "#0f172a", textBorderColor: "#fff", textBorderWidth: 2 }, itemStyle: { borderColor: "#fff", borderWidth: 4, borderRadius: 6 } }],
  };
}

for (const box of document.querySelectorAll(".board-map")) {
  const figures = figuresOf(box);
  const places = new Map(figures.places.map((place) => [place.unit, place]));
  const chart = figures.places.length ? chartIn(box) : null;
  if (chart) {
    const fontSize = box.clientWidth < 480 ? 10 : 12;
    chart.setOption((figures.boundaries ? mapOption : tilesOption)(figures, places, fontSize));
    chart.on("click", ({ name }) => { if (places.get(name)?.url) window.location.assign(places.get(name).url + window.location.search); });
  }
}
