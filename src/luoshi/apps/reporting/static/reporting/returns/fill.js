// The page on which a return is filled in.

import { openEvidence } from "./evidence.js";
import { Grid } from "./grid.js";
import { Unreachable, ask, h, json, send, toast } from "./page.js";
import { Painter } from "./paint.js";
import { Problems } from "./problems.js";
import { Saver } from "./saving.js";
import { Sheet } from "./sheet.js";
import { shown } from "./values.js";

const data = json("sheet");
const find = (name) => document.getElementById(name);
const sheet = new Sheet(data);
const { names } = data;
const use = (address, value = data.given[address]?.value) => sheet.type([[address, value]]);
let grid;
const painter = new Painter(sheet, find("sheet-root"), { names, onUse: use, onRows: sheet.editable ? (section, act) => grid.rows(section, act) : null });
const saver = new Saver(sheet, { url: data.urls.cells, user: data.user, id: data.id, revision: data.revision });
grid = new Grid(sheet, painter, { names, urls: data.urls, onFile: (address) => openEvidence(sheet, saver, address, { url: data.urls.evidence, ...data.evidence }) });
const problems = new Problems(sheet, grid, { panel: find("problem-panel"), sums: find("problem-sums"), strip: find("cell-strip"), names, use });

// ---- the sign that says what is saved
const sign = find("save-sign");
const time = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
function tellStatus({ status, kept }) {
  const words = {
    saved: `已保存 ${time()}`,
    waiting: "待保存……",
    saving: "正在保存……",
    offline: kept ? "离线，已存在本机，恢复后自动上传" : "离线，本机也存不下，请勿关闭本页",
    "signed-out": "登录已过期，内容已存在本机",
    conflict: "与他人的改动冲突，请选择",
    refused: "没有保存",
  };
  sign.textContent = words[status];
  sign.className = `save-sign is-${status}`;
  if (status === "signed-out") sign.append(" ", h("a", { href: data.urls.sign_in }, "请登录"), "，回来后自动上传");
  drawSubmit();
}
saver.addEventListener("status", (event) => tellStatus(event.detail));
saver.addEventListener("closed", (event) => {
  ask("没有保存", [h("p", {}, event.detail.message), h("p", { class: "row-count" }, "您填的内容还在本页和本机，可以先复制出来，再刷新页面。")], [{ label: "留在本页", value: null }, { label: "刷新页面", value: "reload", kind: "btn-primary" }]).then((value) => value && location.reload());
});

saver.addEventListener("conflict", async (event) => {
  const { cells, by } = event.detail, mine = new Map([...cells.keys()].map((address) => [address, true]));
  const line = ([address, clash]) => {
    const { field } = sheet.parts(address), name = `keep-${address}`;
    const option = (value, label) => h("label", { class: "form-check" }, h("input", { class: "form-check-input", type: "radio", name, checked: value === mine.get(address), onchange: () => mine.set(address, value) }), h("span", { class: "form-check-label" }, label));
    return h("tr", {}, h("th", { scope: "row" }, sheet.placeName(address)), h("td", {}, option(true, `我填的：${shown(field, clash.mine, names) || "空"}`)), h("td", {}, option(false, `${by || "对方"}填的：${shown(field, clash.theirs, names) || "空"}`)));
  };
  await ask("有人同时改了这些格，留哪个？", h("table", { class: "table table-dense" }, h("tbody", {}, [...cells].map(line))), [{ label: "按选择保存", value: true, kind: "btn-primary" }], { wide: true });
  saver.resolve((address) => mine.get(address));
});

// ---- submitting
const submit = find("submit"), why = find("submit-why");
function drawSubmit() {
  if (!submit) return;
  const counts = problems.counts();
  const reasons = [counts.hard && `${counts.hard} 处须改正`, counts.missing && `${counts.missing} 格未填`].filter(Boolean);
  submit.disabled = reasons.length > 0 || ["offline", "signed-out", "conflict", "refused"].includes(saver.status);
  why.textContent = reasons.length ? `还有 ${reasons.join("、")}，${counts.hard ? "改" : "填"}好后才能报送` : saver.status === "offline" ? "离线时不能报送" : counts.soft ? `${counts.soft} 处须说明原因` : "";
}
sheet.addEventListener("problems", drawSubmit);

let key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
async function doSubmit() {
  grid.editor.commit();
  if (!(await saver.flush())) { toast("内容还没有存上，暂时不能报送。恢复后请再按一次。", "danger"); return; }
  drawSubmit();
  if (submit.disabled) return;
  const soft = sheet.problems().filter((one) => one.severity === "soft" && !one.explained);
  const inputs = soft.map((one) => [one, h("input", { class: "form-control", maxlength: "300", placeholder: "请说明原因", "aria-label": `${sheet.placeName(one.address)}的说明` })]);
  const trouble = h("p", { class: "text-danger", role: "alert" });
  const typed = [...sheet.cells.keys()].some((address) => sheet.parts(address).field && !sheet.parts(address).field.formula);
  const body = [h("p", {}, data.submit_words), typed ? "" : h("p", { class: "text-warning" }, "整张表都是空的。确实没有数据的，请填 0；确定要报送空表吗？"), ...inputs.map(([one, input]) => h("label", { class: "form-label soft-line" }, h("b", {}, one.address ? sheet.placeName(one.address) : "整张表"), ` ${one.message}`, input)), trouble];
  const filled = () => { const empty = inputs.find(([, input]) => !input.value.trim()); if (empty) { trouble.textContent = "请逐条说明原因。"; empty[1].focus(); } return !empty; };
  const go = await ask(data.submit_title, body, [{ label: "再看看", value: null }, { label: submit.dataset.label, value: true, kind: "btn-primary", check: filled }], { wide: soft.length > 0 });
  if (!go) return;
  for (const [one, input] of inputs) sheet.explain(one.address, input.value.trim());
  submit.disabled = true;
  try {
    if (!(await saver.flush())) throw new Unreachable();
    const { status, body: answer } = await send(data.urls.submit, { revision: saver.revision, key }, { seconds: 60 });
    if (status === 200) { saver.forget(); location.assign(answer.url); return; }
    if (answer.problems) { sheet.judged(answer.problems); key = crypto.randomUUID?.() ?? `${Date.now()}`; }
    toast(answer.message || "没有报送，请刷新页面后再试。", "danger");
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    toast("网络中断，不知道是否已报送。内容没有丢失，恢复后请再按一次，不会重复报送。", "danger");
  }
  drawSubmit();
}
submit?.addEventListener("click", doSubmit);

// ---- what stands beside the numbers
for (const box of document.querySelectorAll("[data-beside]")) {
  const name = `luoshi-beside-${box.dataset.beside}`;
  const show = () => find("sheet-root").classList.toggle(`hide-${box.dataset.beside}`, !box.checked);
  try { box.checked = localStorage.getItem(name) !== "no"; } catch { box.checked = true; }
  box.addEventListener("change", () => { show(); try { localStorage.setItem(name, box.checked ? "yes" : "no"); } catch { /* no memory, no harm */ } });
  show();
}
find("use-all")?.addEventListener("click", () => {
  const blank = Object.keys(data.given).filter((address) => !sheet.get(address));
  if (!blank.length) { toast("没有空着的格可以沿用。"); return; }
  sheet.type(blank.map((address) => [address, data.given[address].value]));
  toast(`已沿用 ${blank.length} 格，按 Ctrl+Z 可撤销。`, "success");
});
find("undo")?.addEventListener("click", () => sheet.undo());
find("redo")?.addEventListener("click", () => sheet.redo());
find("recall")?.addEventListener("submit", async (event) => {
  const form = event.currentTarget;
  if (form.dataset.sure === "yes") return;
  event.preventDefault();
  if (!(await ask("撤回修改", h("p", {}, form.dataset.words), [{ label: "不撤回", value: null }, { label: "撤回修改", value: true, kind: "btn-danger" }]))) return;
  form.dataset.sure = "yes";
  form.requestSubmit();
});
find("print")?.addEventListener("click", () => window.print());

if (sheet.editable) {
  const restored = saver.restore();
  if (saver.behind()) saver.catchUp();
  if (restored) toast(`已恢复上次没有上传的 ${restored} 格。`, "success");
  else if (!saver.waiting()) { sign.textContent = data.saved_words; sign.className = "save-sign is-saved"; }
  addEventListener("beforeunload", (event) => { if (saver.waiting() && saver.kept === false) event.preventDefault(); });
}
const first = location.hash.startsWith("#cell-") ? decodeURIComponent(location.hash.slice(6)) : data.remarks.find((remark) => !remark.settled && remark.address)?.address;
if (!first || !grid.goTo(first)) {
  const start = sheet.editable && matchMedia("(pointer: fine)").matches ? sheet.missing()[0] : null;
  if (start) grid.goTo(start);
}
drawSubmit();
document.body.dataset.ready = "yes";
