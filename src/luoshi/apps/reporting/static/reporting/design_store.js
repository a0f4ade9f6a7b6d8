// What the designer holds: the draft, what was undone, and saving as one types.

const PAUSE = 700; // milliseconds of rest before a save
const RETRY = 5000;
const PARTS = ["title", "purpose", "definition", "reporters"];

export class Store {
  constructor(state) {
    this.state = state;
    this.revision = state.revision;
    this.told = state.told;
    this.past = [];
    this.future = [];
    this.lastKey = "";
    this.lastAt = 0;
    this.saved = this.parts();
    this.stopped = false;
    this.busy = false;
    this.listeners = [];
    this.local = `luoshi-form-${state.key}`;
    window.addEventListener("beforeunload", (event) => { if (this.dirty()) event.preventDefault(); });
  }

  on(listener) { this.listeners.push(listener); }
  tell(what, detail) { for (const listener of this.listeners) listener(what, detail); }

  /** Every part that is saved on its own, as text. */
  parts() {
    const { state } = this;
    const found = Object.fromEntries(PARTS.map((name) => [name, JSON.stringify(name === "reporters" ? state.reporters.map((unit) => unit.id) : state[name])]));
    for (const [name, value] of Object.entries(state.schedule)) found[`schedule.${name}`] = JSON.stringify(value);
    return found;
  }

  snapshot() {
    const { title, purpose, definition, schedule, reporters } = this.state;
    return JSON.stringify({ title, purpose, definition, schedule, reporters });
  }

  dirty() { const now = this.parts(); return Object.keys(now).some((name) => now[name] !== this.saved[name]); }

  /** Change the draft. Typing in one field (`key`) is undone as a whole; `redraw` draws the page anew. */
  edit(mutate, { key = "", redraw = true } = {}) {
    const now = Date.now();
    if (!key || key !== this.lastKey || now - this.lastAt > 1500) {
      this.past.push(this.snapshot());
      if (this.past.length > 200) this.past.shift();
    }
    this.lastKey = key;
    this.lastAt = now;
    this.future = [];
    mutate(this.state);
    this.tell(redraw ? "redraw" : "typed");
    this.later();
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.snapshot());
    Object.assign(this.state, JSON.parse(from.pop()));
    this.lastKey = "";
    this.tell("redraw");
    this.later();
  }

  undo() { this.step(this.past, this.future); }
  redo() { this.step(this.future, this.past); }

  later(delay = PAUSE) {
    if (this.stopped) return;
    this.tell("state", this.dirty() ? "正在保存…" : "已保存");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  keep() { try { localStorage.setItem(this.local, JSON.stringify({ revision: this.revision, draft: this.snapshot() })); } catch { /* no room: the page still holds it */ } }
  forget() { try { localStorage.removeItem(this.local); } catch { /* not allowed */ } }

  /** What was kept on this computer while the line was down, if it still fits. */
  kept() {
    try {
      const found = JSON.parse(localStorage.getItem(this.local) ?? "null");
      return found && found.revision === this.revision && found.draft !== this.snapshot() ? JSON.parse(found.draft) : null;
    } catch { return null; }
  }

  restore(draft) { this.edit((state) => Object.assign(state, draft)); }

  async save() {
    clearTimeout(this.timer);
    if (this.stopped || this.busy) return;
    const sent = this.parts();
    const changes = {};
    for (const [name, text] of Object.entries(sent)) if (text !== this.saved[name]) changes[name.replace("schedule.", "")] = JSON.parse(text);
    if (!Object.keys(changes).length) { this.tell("state", "已保存"); this.tell("settled"); return; }
    this.busy = true;
    this.tell("state", "正在保存…");
    try {
      const headers = { "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
      const response = await fetch(this.state.urls.save, { method: "POST", headers, body: JSON.stringify({ revision: this.revision, changes }) });
      const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
      if (response.ok) {
        this.revision = answer.revision;
        this.saved = sent;
        this.told = answer.told;
        this.forget();
        this.tell("told", answer);
        this.tell("state", this.dirty() ? "正在保存…" : "已保存");
        if (this.dirty()) this.later();
        else this.tell("settled");
      } else if (answer.stale || response.status === 403 || response.status === 404) {
        this.stopped = true;
        this.keep();
        this.tell("wrong", answer.message ?? "不能再保存，请刷新本页。");
      } else if (response.redirected || response.status === 401) {
        this.keep();
        this.tell("wrong", "登录已过期，改动暂存在本机；请另开一页登录后再试。");
      } else {
        this.keep();
        this.tell("wrong", `未保存：${answer.message ?? "系统出错，请稍后重试。"}`);
      }
    } catch {
      this.keep();
      this.tell("wrong", "网络中断，改动暂存在本机，连上后自动保存。");
      this.timer = setTimeout(() => this.save(), RETRY);
    } finally { this.busy = false; }
  }
}
