// The source: loads its parts when they come near, keeps the marks in the state of their items, and reads selections.

import { ask, h, notice } from "./dom.js";

const NEAR = 900; // pixels ahead of the view at which a part is loaded
const LINE_HEIGHT = 34;

export class Source extends EventTarget {
  constructor(pane, store) {
    super();
    Object.assign(this, { pane, store });
    this.parts = [...pane.querySelectorAll(".source-part")];
    this.loading = new Map();
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) this.load(entry.target);
    }, { root: pane, rootMargin: `${NEAR}px 0px` });
    for (const part of this.parts) {
      if (part.dataset.loaded) continue;
      part.style.minHeight = `${(part.dataset.last - part.dataset.first + 1) * LINE_HEIGHT}px`;
      this.observer.observe(part);
    }
    pane.addEventListener("click", (event) => this.#clicked(event));
  }

  load(part) {
    if (part.dataset.loaded) return Promise.resolve();
    const known = this.loading.get(part);
    if (known) return known;
    const { first, last } = part.dataset;
    const job = fetch(`${this.store.config.base}/lines?first=${first}&last=${last}`, { credentials: "same-origin" })
      .then((response) => { if (!response.ok) throw new Error(); return response.text(); })
      .then((html) => {
        part.innerHTML = html; // escaped by the server, character by character
        part.style.minHeight = "";
        part.dataset.loaded = "yes";
        this.observer.unobserve(part);
        this.dress(part);
      })
      .catch(() => { part.replaceChildren(h("p", { class: "source-trouble" }, "这一段原文没有载入。", h("button", { type: "button", class: "btn btn-sm", onclick: () => this.load(part) }, "再试"))); })
      .finally(() => this.loading.delete(part));
    this.loading.set(part, job);
    return job;
  }

  partOf(line) { return this.parts.find((part) => line >= Number(part.dataset.first) && line <= Number(part.dataset.last)); }
  row(line) { return this.pane.querySelector(`[data-line="${line}"]`); }
  marks(id) { return this.pane.querySelectorAll(`mark[data-items~="${id}"]`); }

  // Marks show what became of their items; a stretch that several items share follows the one that is not rejected.
  dress(root = this.pane) {
    for (const mark of root.querySelectorAll("mark[data-items]")) this.#dressMark(mark);
  }

  dressItems(ids) { for (const id of ids) for (const mark of this.marks(id)) this.#dressMark(mark); }

  #dressMark(mark) {
    const items = mark.dataset.items.split(" ").map((id) => this.store.get(Number(id))).filter(Boolean);
    if (!items.length) return;
    mark.classList.toggle("is-rejected", items.every((item) => item.state === "rejected"));
    mark.classList.toggle("is-pending", items.some((item) => item.state === "pending"));
  }

  async show(item, { flash = true } = {}) {
    const part = this.partOf(item.line);
    if (!part) return;
    await this.load(part);
    this.pane.querySelectorAll("mark.is-current, .is-current[data-line]").forEach((node) => node.classList.remove("is-current"));
    const marks = [...this.marks(item.id)];
    const target = marks[0] || this.row(item.line);
    if (!target) return;
    this.#scrollTo(target, 0.3);
    if (!marks.length) target.classList.add("is-current");
    for (const mark of marks) {
      mark.classList.add("is-current");
      if (flash) { mark.classList.remove("flash"); void mark.offsetWidth; mark.classList.add("flash"); }
    }
  }

  async showLine(line) {
    const part = this.partOf(line);
    if (!part) return;
    await this.load(part);
    this.pane.querySelectorAll("mark.is-current, .is-current[data-line]").forEach((node) => node.classList.remove("is-current"));
    const row = this.row(line);
    if (!row) return;
    row.classList.add("is-current");
    this.#scrollTo(row, 0.3);
  }

  #scrollTo(node, share) {
    const box = this.pane.getBoundingClientRect(), at = node.getBoundingClientRect();
    if (at.top > box.top + 20 && at.bottom < box.bottom - 60) return;
    this.pane.scrollTop += at.top - box.top - box.height * share;
  }

  // Follows the items: the line comes to stand at the same height as the item.
  async follow(line, offset) {
    const part = this.partOf(line);
    if (!part) return;
    await this.load(part);
    const row = this.row(line);
    if (row) this.pane.scrollTop += row.getBoundingClientRect().top - this.pane.getBoundingClientRect().top - offset;
  }

  // The line at a height of the pane.
  lineAt(offset) {
    const box = this.pane.getBoundingClientRect();
    for (const x of [box.left + 90, box.left + box.width / 2]) {
      const row = document.elementFromPoint(x, box.top + offset)?.closest?.("[data-line]");
      if (row && this.pane.contains(row)) return Number(row.dataset.line);
    }
    return null;
  }

  #clicked(event) {
    const mark = event.target.closest("mark[data-items]");
    if (!mark || !getSelection().isCollapsed) return;
    const ids = mark.dataset.items.split(" ").map(Number);
    const next = ids[(ids.indexOf(this.lastClicked) + 1) % ids.length];
    this.lastClicked = next;
    this.dispatchEvent(new CustomEvent("mark", { detail: { id: next } }));
  }
}

// The selected characters as [line, start, end], counted in the stored lines.
export function spansOf(selection, pane) {
  if (!selection.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  if (!pane.contains(range.commonAncestorContainer) && range.commonAncestorContainer !== pane) return [];
  const spans = [];
  for (const node of pane.querySelectorAll(".line-text")) {
    if (!range.intersectsNode(node)) continue;
    const own = document.createRange();
    own.selectNodeContents(node);
    const before = document.createRange();
    before.setStart(node, 0);
    const startsInside = own.comparePoint(range.startContainer, range.startOffset) === 0;
    const endsInside = own.comparePoint(range.endContainer, range.endOffset) === 0;
    let start = 0, end = node.textContent.length;
    if (startsInside) { before.setEnd(range.startContainer, range.startOffset); start = before.toString().length; }
    if (endsInside) { before.setEnd(range.endContainer, range.endOffset); end = before.toString().length; }
    const shift = Number(node.dataset.start);
    if (end > start) spans.push([Number(node.closest("[data-line]").dataset.line), start + shift, end + shift]);
  }
  return spans;
}

// A small menu beside the selection: add it as a target, a responsibility, a time limit or a measure.
export function selectionMenu(menu, source, store, onadd) {
  const kinds = [["target", "目标"], ["responsibility", "责任"], ["deadline", "时限"], ["measure", "措施"]];
  let spans = [];
  menu.append(h("span", {}, "添加为"), ...kinds.map(([kind, label]) => h("button", { type: "button", role: "menuitem", class: "btn btn-sm", onclick: () => choose(kind) }, h("span", { class: `kind-dot dot-${kind}` }), label)));
  const hide = () => { menu.hidden = true; };
  async function choose(kind) {
    hide();
    const chosen = spans;
    getSelection().removeAllRanges();
    let data = {};
    try {
      const { status, body } = await ask(store.url("suggest"), { kind, spans: chosen });
      if (status !== 200) { notice(body.message); return; }
      Object.assign(store.units, body.units);
      data = body.data;
    } catch { notice("连不上服务器，暂时不能添加。选取的位置没有变，请稍后再试。", "danger"); return; }
    onadd(kind, chosen, data);
  }
  const look = () => {
    if (!store.config.open) return;
    const selection = getSelection();
    spans = spansOf(selection, source.pane);
    if (!spans.length || !selection.toString().trim()) { hide(); return; }
    const at = selection.getRangeAt(0).getBoundingClientRect();
    menu.hidden = false;
    const width = menu.offsetWidth;
    menu.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, at.left))}px`;
    menu.style.top = `${Math.min(innerHeight - menu.offsetHeight - 8, at.bottom + 6)}px`;
  };
  document.addEventListener("mouseup", (event) => { if (!menu.contains(event.target)) setTimeout(look); });
  document.addEventListener("touchend", (event) => { if (!menu.contains(event.target)) setTimeout(look, 300); });
  document.addEventListener("keyup", (event) => { if (event.shiftKey) look(); });
  menu.addEventListener("mousedown", (event) => event.preventDefault());
  source.pane.addEventListener("scroll", hide, { passive: true });
}
