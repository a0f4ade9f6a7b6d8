// The items, grouped under their measures in the order of the text; filters; which one is current.

import { card } from "./card.js";
import { h } from "./dom.js";
import { itemForm } from "./form.js";
import { namePanel } from "./names.js";
import { KINDS } from "./words.js";

export const FILTERS = [["all", "全部"], ["pending", "待确认"], ["uncertain", "不确定"], ["unknown", "单位不明"], ["rejected", "已剔除"]];

export class ItemList {
  constructor(pane, store, acts) {
    Object.assign(this, { pane, store, acts, filter: "all", hiddenKinds: new Set(), current: null, editing: null, adding: null });
  }

  shows(item) {
    if (this.hiddenKinds.has(item.kind)) return false;
    if (this.filter === "pending") return item.state === "pending";
    if (this.filter === "uncertain") return item.state === "pending" && !this.store.isSure(item);
    if (this.filter === "unknown") return item.unknown > 0 && item.state !== "rejected";
    if (this.filter === "rejected") return item.state === "rejected";
    return true;
  }

  // [{measure, items}] in the order of the text; what hangs below no measure stands where it is printed.
  groups() {
    const groups = [], byKey = new Map();
    let loose = null;
    for (const item of this.store.list()) {
      if (item.kind === "measure") {
        const group = { measure: item, items: [] };
        groups.push(group);
        byKey.set(item.data.key, group);
        loose = null;
      }
    }
    for (const item of this.store.list()) {
      if (item.kind === "measure") { loose = null; continue; }
      const group = byKey.get(item.measure);
      if (group) { group.items.push(item); continue; }
      if (!loose) {
        loose = { measure: null, items: [], position: item.position };
        const at = groups.findIndex((other) => (other.measure?.position ?? other.position) > item.position);
        groups.splice(at < 0 ? groups.length : at, 0, loose);
      }
      loose.items.push(item);
    }
    return groups;
  }

  render() {
    const scroll = this.pane.scrollTop;
    const nodes = [];
    if (this.filter === "unknown") nodes.push(namePanel(this.store));
    this.shown = [];
    for (const { measure, items } of this.groups()) {
      const own = measure && this.shows(measure);
      const seen = items.filter((item) => this.shows(item));
      const adding = this.adding && this.adding.measure === (measure ? measure.data.key : "") && !this.adding.done;
      if (!own && !seen.length && !adding) continue;
      const depth = measure ? measure.data.key.split(".").length : 1;
      const group = h("section", { class: `group depth-${Math.min(depth, 5)}`, dataset: { key: measure?.data.key ?? "" } });
      if (measure) { group.append(own ? this.draw(measure) : h("div", { class: "group-context" }, measure.data.labels.at(-1), measure.data.title || measure.text.slice(0, 40))); if (own) this.shown.push(measure); }
      else group.append(h("div", { class: "group-context" }, "不在措施之下"));
      for (const item of seen) { group.append(this.draw(item)); this.shown.push(item); }
      if (adding) { group.append(this.addForm()); this.adding.done = true; }
      nodes.push(group);
    }
    if (this.adding && !this.adding.done) nodes.unshift(this.addForm());
    if (this.adding) this.adding.done = false;
    if (!nodes.length) nodes.push(h("p", { class: "text-secondary p-3" }, this.store.list().length ? "没有符合条件的项。点“全部”看所有。" : "没有识别出任何内容。在左边原文中选取文字即可添加。"));
    this.pane.replaceChildren(...nodes);
    this.pane.scrollTop = scroll;
  }

  draw(item) {
    const current = this.current === item.id;
    const node = card(item, this.store, { current, acts: this.acts });
    if (this.editing === item.id) {
      node.querySelector(".item-body")?.remove();
      node.classList.add("is-editing");
      node.append(itemForm({ item, store: this.store, save: (data, measure) => this.acts.save(item, data, measure), cancel: () => this.acts.cancel(item) }));
    }
    return node;
  }

  addForm() {
    const { kind, text, data, measure } = this.adding;
    return h("article", { class: `item kind-${kind} is-open is-current is-adding`, id: "item-new" },
      h("div", { class: "item-line" }, h("span", { class: `kind-dot dot-${kind}` }), h("b", {}, `添加${KINDS[kind]}`)), h("blockquote", {}, text.slice(0, 300)),
      itemForm({ item: { kind, text, data, measure }, store: this.store, adding: true, save: this.adding.save, cancel: () => { this.adding = null; this.render(); } }));
  }

  node(id) { return this.pane.querySelector(`#item-${id}`); }

  // Draws some items anew where they stand; an item that no longer fits the filter goes.
  refresh(ids) {
    for (const id of ids) {
      const item = this.store.get(id), old = this.node(id);
      if (!old || !item) continue;
      if (this.editing === id && old.classList.contains("is-editing")) continue;
      if (this.shows(item) || this.current === id) old.replaceWith(this.draw(item));
      else { old.remove(); this.shown = this.shown.filter((other) => other.id !== id); }
    }
  }

  setCurrent(id, { scroll = true } = {}) {
    const before = this.current;
    this.current = id;
    for (const one of [before, id]) if (one !== null && one !== undefined) this.refresh([one]);
    if (before !== null && before !== id) { const item = this.store.get(before); if (item && !this.shows(item)) { this.node(before)?.remove(); this.shown = this.shown.filter((other) => other.id !== before); } }
    if (scroll) this.reveal(id);
  }

  reveal(id) {
    const node = this.node(id);
    if (!node) return;
    const box = this.pane.getBoundingClientRect(), at = node.getBoundingClientRect();
    if (at.top < box.top + 10 || at.bottom > box.bottom - 10) this.pane.scrollTop += at.top - box.top - Math.max(20, Math.min(box.height * 0.3, box.height - at.height - 20));
  }

  // The next (step 1) or previous (-1) item that waits, from the current one on; round once at the end.
  step(step) {
    const order = this.shown.map((item) => this.store.get(item.id)).filter(Boolean);
    const at = order.findIndex((item) => item.id === this.current);
    for (let n = 1; n <= order.length; n += 1) {
      const item = order[(((at < 0 && step < 0 ? 0 : at) + step * n) % order.length + order.length) % order.length];
      if (item.state === "pending" && item.id !== this.current) return item.id;
    }
    return null;
  }

  // The item at a height of the pane, and that height.
  at(offset) {
    const box = this.pane.getBoundingClientRect();
    for (const y of [offset, offset + 12]) {
      const node = document.elementFromPoint(box.left + box.width / 2, box.top + y)?.closest?.(".item[data-id]");
      if (node && this.pane.contains(node)) return { item: this.store.get(Number(node.dataset.id)), offset: node.getBoundingClientRect().top - box.top };
    }
    return null;
  }

  follow(line, offset) {
    let best = null;
    for (const item of this.shown) if (item.line <= line && (!best || item.line >= best.line)) best = item;
    if (!best) { this.pane.scrollTop = 0; return; } // above the first item: the title, the preamble
    const node = this.node(best.id);
    if (node) this.pane.scrollTop += node.getBoundingClientRect().top - this.pane.getBoundingClientRect().top - offset;
  }
}
