// The page on which a submitted return is looked at: nothing can be typed, a click on a cell takes a remark.

import { openEvidence } from "./evidence.js";
import { Grid } from "./grid.js";
import { Unreachable, ask, h, icon, json, send, toast } from "./page.js";
import { Painter } from "./paint.js";
import { Problems } from "./problems.js";
import { Sheet } from "./sheet.js";

const data = json("sheet");
const find = (name) => document.getElementById(name);
const sheet = new Sheet(data);
const { names } = data;
const painter = new Painter(sheet, find("sheet-root"), { names });
const grid = new Grid(sheet, painter, { names, urls: data.urls, onFile: (address) => openEvidence(sheet, null, address, {}) });
new Problems(sheet, grid, { panel: find("problem-panel"), sums: find("problem-sums"), strip: find("cell-strip"), names, use: () => {} });

// ---- differences
for (const box of document.querySelectorAll("[data-compare]")) {
  const show = () => painter.compare(box.checked ? data.last_cells : null);
  box.addEventListener("change", show);
  show();
}
for (const box of document.querySelectorAll("[data-beside]")) {
  const show = () => find("sheet-root").classList.toggle(`hide-${box.dataset.beside}`, !box.checked);
  box.addEventListener("change", show);
  show();
}
document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-jump]");
  if (jump) { event.preventDefault(); grid.goTo(jump.dataset.jump); }
});
find("print")?.addEventListener("click", () => window.print());

// ---- remarks, kept in this browser until they are sent
const deskbar = find("remark-desk");
if (deskbar) {
  const key = `luoshi-remarks-${data.user}-${data.id}-${data.submission}`;
  let remarks = new Map();
  try { remarks = new Map(Object.entries(JSON.parse(localStorage.getItem(key)) || {})); } catch { remarks = new Map(); }
  const keep = () => { try { remarks.size ? localStorage.setItem(key, JSON.stringify(Object.fromEntries(remarks))) : localStorage.removeItem(key); } catch { /* only a convenience */ } };
  const input = find("remark-text"), label = find("remark-label"), count = find("remark-count");
  const look = () => {
    for (const [address, td] of painter.tds) td.classList.toggle("has-remark-here", remarks.has(address));
    count.textContent = remarks.size ? `已对 ${remarks.size} 格提出意见` : "";
    find("send-back").textContent = remarks.size ? `退回（${remarks.size} 条意见）` : "退回";
  };
  grid.addEventListener("moved", (event) => {
    deskbar.hidden = false;
    label.textContent = `对“${sheet.placeName(event.detail.address)}”的意见`;
    input.value = remarks.get(event.detail.address) || "";
  });
  const write = () => {
    const address = grid.address();
    if (!address) return;
    input.value.trim() ? remarks.set(address, input.value.trim()) : remarks.delete(address);
    keep();
    look();
  };
  input.addEventListener("input", write);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); grid.go(grid.at); } });
  // Typing on a cell begins a remark on it.
  grid.input.addEventListener("keydown", (event) => {
    if ((event.key.length !== 1 && event.key !== "Process") || event.ctrlKey || event.metaKey || event.altKey || event.key === " ") return;
    input.focus();
  });
  look();

  const act = async (url, sent) => {
    try {
      const { status, body } = await send(url, { submission: data.submission, ...sent }, { seconds: 60 });
      if (status === 200) { remarks.clear(); keep(); location.assign(body.url); return; }
      toast(body.message || "没有办成，请刷新页面后再试。", "danger");
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      toast("网络中断，请恢复后再按一次。", "danger");
    }
  };

  find("send-back").addEventListener("click", async () => {
    const reason = h("textarea", { class: "form-control", rows: "3", maxlength: "500", required: true, placeholder: "如：第2行与台账不符，请核对后重报", "aria-label": "退回理由" });
    const trouble = h("p", { class: "text-danger", role: "alert" });
    if (remarks.size) reason.value = `请按 ${remarks.size} 处意见核对后重报。`;
    const lines = [...remarks].map(([address, text]) => h("li", {}, h("b", {}, sheet.placeName(address)), `：${text}`));
    const go = await ask(`退回${data.unit}`, [h("p", {}, data.send_back_words), lines.length ? h("ul", {}, lines) : h("p", { class: "row-count" }, "没有对单元格提意见；要指明某一格，先点那一格，再在下方写意见。"), h("label", { class: "form-label" }, "退回理由", reason), trouble],
      [{ label: "再看看", value: null }, { label: "退回", value: true, kind: "btn-danger", check: () => { if (!reason.value.trim()) trouble.textContent = "请写明退回理由。"; return !!reason.value.trim(); } }], { wide: true });
    if (go) act(data.urls.send_back, { reason: reason.value.trim(), remarks: Object.fromEntries(remarks) });
  });
  find("pass").addEventListener("click", async () => {
    const body = [h("p", {}, data.pass_words), remarks.size ? h("p", { class: "text-warning" }, icon("alert-triangle", "me-1"), `您写了 ${remarks.size} 条意见，通过后不会发出；要发给填报单位，请用“退回”。`) : null].filter(Boolean);
    if (await ask(data.pass_title, body, [{ label: "再看看", value: null }, { label: find("pass").dataset.label, value: true, kind: "btn-primary" }])) act(data.urls.pass, {});
  });
}
document.body.dataset.ready = "yes";
