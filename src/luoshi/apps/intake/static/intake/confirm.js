// The confirm screen: source left, items right, in step; decisions by mouse and by key.

import "./ask.js";
import { ask, h, icon, notice } from "./dom.js";
import { FILTERS, ItemList } from "./list.js";
import { naming } from "./names.js";
import { selectionMenu, Source } from "./source.js";
import { Store } from "./store.js";
import { openTable } from "./table.js";
import { KINDS } from "./words.js";

const config = JSON.parse(document.getElementById("confirm-config").textContent);
const store = new Store(config);
const source = new Source(document.getElementById("source"), store);
const panes = document.querySelector(".confirm-panes");
const wide = matchMedia("(min-width: 992px)");

const acts = {
  accept: (item) => decide(item, "accept"),
  reject: (item) => decide(item, "reject"),
  undo: (item) => decide(item, "restore", { stay: true }),
  edit(item) {
    if (item.kind === "table") { focus(item); openTable(item, store, (data) => acts.save(item, data)); return; }
    list.editing = item.id; focus(item); list.render(); list.reveal(item.id);
  },
  cancel(item) { list.editing = null; list.refresh([item.id]); items.focus({ preventScroll: true }); },
  async save(item, data, measure) {
    const answer = await store.decide(item.id, "correct", data, measure);
    if (answer.ok || answer.offline) { list.editing = null; list.render(); advance(item); }
    return answer;
  },
  merge: (item) => decide(item, "merge", { stay: true }),
  async table(item, holder) {
    try { holder.innerHTML = await (await fetch(store.url(`items/${item.id}/table`), { credentials: "same-origin" })).text(); } // the server's own template
    catch { notice("连不上服务器，表没有载入。", "danger"); }
  },
  naming: (name) => naming(store, name),
  focus: (item) => focus(item),
};
const items = document.getElementById("items");
const list = new ItemList(items, store, acts);

function focus(item, { flash = true } = {}) {
  driver = null;
  if (list.editing !== null && list.editing !== item.id) { list.editing = null; }
  list.setCurrent(item.id);
  source.show(item, { flash });
}

function advance(item) {
  items.focus({ preventScroll: true });
  const next = list.step(1);
  if (next !== null) focus(store.get(next));
  else list.refresh([item.id]);
}

function decide(item, decision, { stay = false } = {}) {
  const from = list.current === item.id || !stay;
  if (list.editing === item.id) list.editing = null;
  if (list.current !== item.id && !stay) list.current = item.id;
  // Where to go next is settled before the item leaves the list.
  const next = stay ? null : list.step(1);
  store.decide(item.id, decision);
  if (stay) { focus(store.get(item.id)); return; }
  if (next !== null && from) focus(store.get(next));
  else list.refresh([item.id]);
  items.focus({ preventScroll: true });
}

// ---- head: progress, filters, what to do next

const stateFilter = document.getElementById("state-filter");
const kindFilter = document.getElementById("kind-filter");
const sureButton = document.getElementById("accept-sure");
const publishLink = document.getElementById("publish");

function setFilter(name) {
  list.filter = name;
  if (list.current !== null && store.get(list.current) && !list.shows(store.get(list.current))) list.current = null;
  list.render();
  items.scrollTop = 0;
  head();
  const address = new URL(location.href);
  address.searchParams[name === "all" ? "delete" : "set"]("show", name);
  address.hash = "";
  history.replaceState(null, "", address);
}

function head() {
  const counts = store.counts();
  const decided = counts.all - counts.pending; // the bar: what is done with, 剔除 too
  const bar = document.getElementById("progress");
  bar.firstElementChild.style.width = counts.all ? `${(100 * decided) / counts.all}%` : "0";
  bar.setAttribute("aria-valuenow", counts.all ? Math.round((100 * decided) / counts.all) : 0);
  document.getElementById("progress-text").textContent = `已确认 ${decided - counts.rejected} / ${counts.all}${counts.rejected ? `，已剔除 ${counts.rejected}` : ""}`;
  stateFilter.replaceChildren(...FILTERS.map(([name, label]) => h("button", { type: "button", class: `btn btn-sm ${list.filter === name ? "active" : ""}`, "aria-pressed": String(list.filter === name), title: name === "unknown" && counts.unknown ? `${counts.unknown} 个单位名称不明（同名的算一个）` : undefined, dataset: { filter: name }, onclick: () => setFilter(name) },
    label, " ", h("span", { class: `count ${name === "unknown" && counts.unknown ? "text-danger" : ""}` }, String(counts[name])))));
  kindFilter.replaceChildren(...Object.entries(KINDS).filter(([kind]) => counts.kinds[kind]).map(([kind, label]) => {
    const off = list.hiddenKinds.has(kind);
    return h("button", { type: "button", class: `kind-button ${off ? "is-off" : ""}`, "aria-pressed": String(!off), title: off ? `显示${label}` : `不显示${label}`, onclick: () => { off ? list.hiddenKinds.delete(kind) : list.hiddenKinds.add(kind); list.render(); head(); } },
      h("span", { class: `kind-dot dot-${kind}` }), label, h("span", { class: "count" }, String(counts.kinds[kind])));
  }));
  if (!config.open) return;
  const sure = counts.sure;
  sureButton.hidden = !sure;
  sureButton.replaceChildren(icon("checks", "me-1"), `全部确认（把握≥${Math.round(config.sure * 100)}%的${sure}项）`);
  // One coloured button: the next step.
  sureButton.classList.toggle("btn-primary", sure > 0);
  publishLink.classList.toggle("btn-primary", sure === 0 && counts.pending === 0 && counts.all > 0);
}

sureButton?.addEventListener("click", async () => {
  sureButton.disabled = true;
  try {
    if (store.queue().length) await store.flush();
    const { status, body } = await ask(store.url("accept-sure"), { threshold: config.sure });
    if (status !== 200) notice(body.message, "danger");
    else {
      await store.load();
      notice(`已确认 ${body.ids.length} 项。`, "success", { label: "撤销", run: async () => { const answer = await ask(store.url("restore"), { ids: body.ids }); notice(answer.status === 200 ? `已退回 ${answer.body.ids.length} 项。` : answer.body.message); await store.load(); } });
      const next = list.step(1);
      if (next !== null) focus(store.get(next));
    }
  } catch { notice("连不上服务器，没有确认，请稍后再试。", "danger"); }
  sureButton.disabled = false;
});

const sign = document.getElementById("save-sign");
store.addEventListener("status", ({ detail: { status, waiting } }) => {
  const states = { saved: ["cloud-check", "已保存"], saving: ["cloud-up", "正在保存…"], offline: ["cloud-off", `未保存（离线，${waiting} 项存在本机）`] };
  const [glyph, text] = states[status];
  sign.className = `save-sign is-${status}`;
  sign.replaceChildren(icon(glyph, "me-1"), text);
});

// ---- what changed

store.addEventListener("loaded", () => { source.dress(); list.render(); head(); });
store.addEventListener("changed", ({ detail: { ids, structure } }) => {
  structure || list.filter === "unknown" ? list.render() : list.refresh(ids);
  source.dressItems(ids);
  head();
});
store.addEventListener("trouble", ({ detail: { message, signIn } }) => {
  notice(message, "danger", signIn ? { label: "去登录", run: () => window.open("/account/login/", "_blank") } : null);
});

// ---- in step

const sync = document.getElementById("sync");
let driver = null; // the pane that the person moves; the other one follows
let waiting = false;
for (const pane of [source.pane, items]) {
  for (const type of ["wheel", "touchmove", "pointerdown"]) pane.addEventListener(type, () => { driver = pane; }, { passive: true });
  pane.addEventListener("keydown", (event) => { if (["PageDown", "PageUp", "ArrowDown", "ArrowUp", "Home", "End", " "].includes(event.key)) driver = pane; });
  let settled = null;
  pane.addEventListener("scroll", () => {
    if (driver !== pane || !sync.checked || !wide.matches) return;
    // Once more at rest: what has just come into view may not have been laid out yet.
    clearTimeout(settled);
    settled = setTimeout(() => { if (driver === pane) inStep(pane); }, 150);
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; inStep(pane); });
  }, { passive: true });
}

function inStep(pane) {
  const height = 60;
  if (pane === items) {
    const found = list.at(height);
    if (found) source.follow(found.item.line, Math.max(found.offset, 0));
  } else {
    const line = source.lineAt(height);
    if (line !== null) list.follow(line, height);
  }
}

source.addEventListener("mark", ({ detail: { id } }) => {
  const item = store.get(id);
  if (!item) return;
  if (!list.shows(item)) { list.hiddenKinds.delete(item.kind); setFilter("all"); }
  showPane("items");
  focus(item);
});

// ---- adding

selectionMenu(document.getElementById("select-menu"), source, store, (kind, spans, data) => {
  const first = spans[0];
  const before = store.measures().filter((one) => one.line <= first[0]).at(-1);
  const text = spans.map(([line, start, end]) => textOf(line, start, end)).join("");
  list.adding = {
    kind, text, data, measure: before ? before.data.key : "",
    save: async (values, measure) => {
      try {
        const { status, body } = await ask(store.url("items/new"), { kind, spans, data: values, measure });
        if (status !== 200) return { errors: body.errors, message: body.message };
        list.adding = null;
        store.put([body.item], body.units);
        if (body.reload) await store.load();
        list.render();
        focus(body.item);
        reloadMarks(first[0]);
        return { ok: true };
      } catch { return { errors: {}, message: "连不上服务器，没有添加。内容还在，请稍后再点“添加”。" }; }
    },
  };
  if (!store.list().some((item) => list.shows(item))) list.filter = "all";
  showPane("items");
  list.render();
  document.getElementById("item-new")?.scrollIntoView({ block: "center" });
});

function textOf(line, start, end) {
  const cells = [...(source.row(line)?.querySelectorAll(".line-text") || [])];
  return cells.map((cell) => { const shift = Number(cell.dataset.start); return cell.textContent.slice(Math.max(0, start - shift), Math.max(0, end - shift)); }).join("");
}

function reloadMarks(line) {
  const part = source.partOf(line);
  if (part) { delete part.dataset.loaded; source.load(part); }
}

// ---- keys

const help = document.getElementById("help");
document.getElementById("help-button").addEventListener("click", () => help.showModal());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog, .dropdown-menu, a, .picker")) return;
  if (event.target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
  const item = store.get(list.current);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "?" || key === "？") { help.showModal(); return; }
  if (key === "j" || key === "k") {
    const next = list.step(key === "j" ? 1 : -1);
    next === null ? notice("没有待确认的了。", "success") : focus(store.get(next));
    return;
  }
  if (!config.open) return;
  if (key === "u") {
    const last = item && item.state !== "pending" ? item.id : store.history.at(-1);
    const known = last !== undefined && store.get(last);
    if (known && known.state !== "pending") { if (!list.shows(known)) { setFilter("all"); } acts.undo(known); }
    return;
  }
  if (!item) { if (key === "Enter") { const next = list.step(1); if (next !== null) focus(store.get(next)); } return; }
  if (key === "Enter") { event.preventDefault(); item.state === "pending" || item.state === "rejected" ? acts.accept(item) : advance(item); }
  else if (key === "e") { event.preventDefault(); acts.edit(item); }
  else if (key === "x" && item.state !== "rejected") acts.reject(item);
});

// ---- small screens: one pane at a time

function showPane(name) {
  panes.dataset.pane = name;
  for (const tab of document.querySelectorAll(".confirm-tabs button")) tab.setAttribute("aria-selected", String(tab.dataset.pane === name));
}
for (const tab of document.querySelectorAll(".confirm-tabs button")) tab.addEventListener("click", () => { showPane(tab.dataset.pane); const item = store.get(list.current); if (item && tab.dataset.pane === "source") source.show(item); });

// ---- a link to a line, from the check-up

function atLine(line) {
  const before = list.shown.filter((item) => item.line <= line);
  const item = before.filter((one) => one.line === line).at(-1) || before.at(-1);
  if (item) list.setCurrent(item.id);
  showPane("source");
  source.showLine(line);
  items.focus({ preventScroll: true });
  document.body.dataset.ready = "yes";
}

// ---- begin

store.load().then(() => {
  const asked = location.hash === "#unknown" ? "unknown" : new URLSearchParams(location.search).get("show");
  if (FILTERS.some(([name]) => name === asked)) setFilter(asked);
  if (Number(new URLSearchParams(location.search).get("line"))) { atLine(Number(new URLSearchParams(location.search).get("line"))); return; }
  const next = list.step(1);
  if (next !== null) { list.setCurrent(next, { scroll: false }); source.show(store.get(next), { flash: false }); }
  items.focus({ preventScroll: true });
  document.body.dataset.ready = "yes";
}).catch(() => { items.replaceChildren(h("p", { class: "p-3" }, "识别结果没有载入。", h("button", { type: "button", class: "btn btn-sm btn-primary", onclick: () => location.reload() }, "再试"))); });
