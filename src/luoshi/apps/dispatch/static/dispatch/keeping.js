// Keeping what is typed: sent a moment after the last key, kept in the browser until the server has it, never lost.

const WAIT = 700;

export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
}

/** What the browser keeps: nothing is said where it may not. */
export const local = {
  read(key) { try { return localStorage.getItem(key); } catch { return null; } },
  write(key, text) { try { localStorage.setItem(key, text); } catch { /* a private window keeps nothing */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* likewise */ } },
  keys(prefix) { try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; } },
};

export async function send(url, body) {
  const form = body instanceof FormData;
  const headers = { "X-CSRFToken": token(), "X-Requested-With": "fetch", Accept: "application/json" };
  if (!form) headers["Content-Type"] = "application/json";
  const response = await fetch(url, { method: "POST", headers, body: form ? body : JSON.stringify(body), credentials: "same-origin" });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.message || "没有存上，稍后再试。"), { status: response.status, answer });
  return answer;
}

/** One thing that is kept while it is typed: `take` gives what to send, `sent` hears the answer. */
export class Keeper {
  constructor({ sign, url, take, sent, refused, key }) {
    Object.assign(this, { sign, url, take, sent, refused, key });
    this.timer = 0;
    this.running = null;
    this.again = false;
    this.wrong = false;
  }

  /** Something was typed. */
  touch() {
    this.dirty = true;
    this.say("正在保存……");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
  }

  async flush() {
    clearTimeout(this.timer);
    if (!this.dirty) return this.running;
    if (this.running) { this.again = true; return this.running; }
    this.running = this.once();
    await this.running;
    this.running = null;
    if (this.again) { this.again = false; return this.flush(); }
    return undefined;
  }

  async once() {
    this.dirty = false;
    try {
      const answer = await send(typeof this.url === "function" ? this.url() : this.url, this.take());
      this.wrong = false;
      const said = this.sent(answer);
      if (!this.dirty) { if (this.key) local.drop(typeof this.key === "function" ? this.key() : this.key); this.say(said || "已保存", said ? "wrong" : "kept"); }
    } catch (error) {
      this.wrong = true;
      this.dirty = true;
      if (error.status === 409 || error.status === 422 || error.status === 403) { this.dirty = false; this.say(error.message, "wrong"); this.refused?.(error); return; }
      this.say(`${error.status ? error.message : "网络中断"}，已留在本机，会再存。`, "wrong");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), 5000);
    }
  }

  say(text, kind = "") {
    if (!this.sign) return;
    this.sign.textContent = text;
    this.sign.classList.toggle("is-kept", kind === "kept");
    this.sign.classList.toggle("is-wrong", kind === "wrong");
  }
}

/** A textarea marked data-keep: what stood there when it was typed goes along, so that two who write do not undo one another. */
export function keepText(area) {
  const sign = area.parentElement.querySelector(".kept-sign");
  const mark = area.dataset.local;
  let seen = area.dataset.seen ?? area.defaultValue;
  const keeper = new Keeper({
    sign,
    key: mark,
    url: area.dataset.keep,
    take: () => ({ text: area.value, seen }),
    sent: (answer) => { seen = answer.seen; },
    refused: (error) => {
      if (error.answer?.theirs === undefined) return;
      // Both texts stand one below the other: the person decides.
      area.value = `${area.value}\n——他人写的——\n${error.answer.theirs}`;
      local.write(mark, area.value);
      if (area.dataset.seen === undefined) seen = error.answer.theirs;
      else seen = undefined;
    },
  });
  area.addEventListener("input", () => { local.write(mark, area.value); keeper.touch(); });
  area.addEventListener("change", () => keeper.flush());
  const held = local.read(mark);
  if (held !== null && held !== area.value) { area.value = held; keeper.touch(); }
  else {
    if (held !== null) local.drop(mark);
    // Typed while the page was still loading: nobody was listening yet.
    if (area.value !== area.defaultValue) { local.write(mark, area.value); keeper.touch(); }
  }
  return keeper;
}

/** Before the page is left: what is not stored yet stays in the browser, and is said. */
export function guard(keepers) {
  addEventListener("beforeunload", (event) => { if (keepers().some((keeper) => keeper.dirty || keeper.running)) event.preventDefault(); });
  addEventListener("online", () => keepers().forEach((keeper) => keeper.flush()));
}
