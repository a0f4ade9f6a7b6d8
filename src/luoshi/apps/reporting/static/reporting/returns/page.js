// What the scripts of these pages share: elements, requests, dialogs, short messages.

import { h, icon } from "../../intake/dom.js";

export { h, icon };

// The token of the cookie, not of the page: it changes when somebody signs in again in another window.
const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

export class Unreachable extends Error {}

// {status, body}; Unreachable when no answer was heard (line down, too slow, server in trouble).
export async function send(url, sent, { method = "POST", seconds = 30, keepalive = false } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  const isForm = sent instanceof FormData;
  try {
    const response = await fetch(url, {
      method: sent === undefined ? "GET" : method,
      headers: { Accept: "application/json", "X-CSRFToken": token(), ...(sent === undefined || isForm ? {} : { "Content-Type": "application/json" }) },
      body: sent === undefined ? undefined : isForm ? sent : JSON.stringify(sent),
      credentials: "same-origin",
      redirect: "manual",
      signal: stop.signal,
      keepalive,
    });
    if (response.type === "opaqueredirect") return { status: 401, body: { message: "登录已过期，请重新登录。" } };
    if (response.status >= 500) throw new Unreachable(String(response.status));
    let body = {};
    try { body = await response.json(); } catch { body = {}; }
    if (response.status === 403 && !body.message) return { status: 401, body: { message: "登录已过期或换了人，请重新登录。" } };
    return { status: response.status, body };
  } catch (error) {
    throw error instanceof Unreachable ? error : new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
  }
}

export function toast(text, kind = "info") {
  let box = document.getElementById("sheet-toasts");
  if (!box) document.body.append((box = h("div", { id: "sheet-toasts", role: "status", "aria-live": "polite" })));
  const line = h("div", { class: `sheet-toast is-${kind}` }, h("span", {}, text), h("button", { type: "button", class: "btn-close", "aria-label": "关闭", onclick: () => line.remove() }));
  box.append(line);
  setTimeout(() => line.remove(), 8000);
}

// A dialog with a title, a body and buttons; gives the value of the button, null when it was closed.
export function ask(title, body, buttons, { wide = false } = {}) {
  return new Promise((resolve) => {
    const close = (value) => { dialog.close(); dialog.remove(); resolve(value); };
    const dialog = h("dialog", { class: `sheet-dialog${wide ? " is-wide" : ""}`, "aria-label": title, oncancel: (event) => { event.preventDefault(); close(null); } },
      h("div", { class: "sheet-dialog-head" }, h("h2", {}, title), h("button", { type: "button", class: "btn-close", "aria-label": "关闭", onclick: () => close(null) })),
      h("div", { class: "sheet-dialog-body" }, body),
      h("div", { class: "sheet-dialog-foot" }, buttons.map(({ label, value, kind = "", check }) => h("button", { type: "button", class: `btn ${kind}`, onclick: () => { if (!check || check()) close(value); } }, label))));
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector("input:not([type=hidden]),textarea,.btn-primary") || dialog).focus();
  });
}

export const json = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
