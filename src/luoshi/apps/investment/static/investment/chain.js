// A chain as a tree from left to right: tiers, links (red where missing), enterprises (hollow where only wanted).
const GAPS = { missing: "#b3261e", weak: "#b35900", strong: "#1c7a33" };
const WORDS = { missing: "缺失", weak: "薄弱", strong: "较强" };

function node(one) {
  const colour = GAPS[one.gap] || (one.standing === "wanted" ? "#b3261e" : one.standing ? "#1c7a33" : "#475569");
  const wanted = one.standing === "wanted";
  const label = one.gap ? `${one.name}（${WORDS[one.gap]}）` : wanted ? `招引：${one.name}` : one.name;
  return {
    name: label,
    symbol: one.gap ? "rect" : "circle",
    symbolSize: one.gap ? 11 : 8,
    itemStyle: { color: wanted ? "#fff" : colour, borderColor: colour, borderWidth: 1.5 },
    lineStyle: wanted ? { type: "dashed" } : {},
    label: { color: one.gap ? colour : "#0f172a", fontWeight: one.gap ? 600 : 400 },
    children: (one.children || []).map(node),
  };
}

function draw() {
  const box = document.getElementById("chain-picture"), data = document.getElementById("chain-graph");
  if (!box || !data) return;
  if (!window.echarts) { box.hidden = true; return; }
  const tree = JSON.parse(data.textContent);
  const leaves = (one) => (one.children?.length ? one.children.reduce((sum, child) => sum + leaves(child), 0) : 1);
  box.style.height = `${Math.min(1600, Math.max(320, leaves(tree) * 26 + 40))}px`;
  const small = box.clientWidth < 600;
  const chart = window.echarts.init(box, null, { renderer: "svg", locale: "ZH" });
  chart.setOption({
    aria: { enabled: true },
    series: [{
      type: "tree", data: [node(tree)], orient: "LR", left: small ? 10 : 90, right: small ? 130 : 210, top: 12, bottom: 12,
      roam: false, expandAndCollapse: false, initialTreeDepth: -1, edgeShape: "polyline", edgeForkPosition: "45%",
      label: { position: small ? "top" : "left", align: small ? "left" : "right", verticalAlign: "middle", fontSize: small ? 11 : 13, distance: 5, backgroundColor: "#fff", padding: [1, 4] },
      leaves: { label: { position: "right", align: "left" } }, lineStyle: { color: "#94a3b8", width: 1.2 }, animation: false,
    }],
  });
  new ResizeObserver(() => chart.resize()).observe(box);
}

draw();
