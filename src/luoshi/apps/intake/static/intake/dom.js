// Building elements without ever putting text from a file into HTML.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else if (name === "checked") node.checked = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const icon = (name, extra = "") => h("i", { class: `ti ti-${name} ${extra}`, "aria-hidden": "true" });

const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

// Gives {status, body}; throws only when nothing was heard from the server.
export async function ask(url, sent) {
  const response = await fetch(url, {
    method: sent === undefined ? "GET" : "POST",
    headers: { Accept: "application/json", ...(sent === undefined ? {} : { "Content-Type": "application/json", "X-CSRFToken": token() }) },
    body: sent === undefined ? undefined : JSON.stringify(sent),
    credentials: "same-origin",
  });
  let body = null;
  try { body = await response.json(); } catch { body = null; }
  if (response.status >= 500) throw new Error(`服务器出错（${response.status}）`);
  if (body === null) body = { message: response.status === 403 ? "您没有办理此事的权限，或登录已过期，请刷新页面。" : "没有得到答复，请刷新页面。" };
  return { status: response.status, body };
}

export function notice(text, kind = "warning", action = null) {
  let box = document.getElementById("toasts");
  if (!box) document.body.append((box = h("div", { id: "toasts", class: "toasts", role: "status", "aria-live": "polite" })));
  const close = () => toast.remove();
  const toast = h("div", { class: `toast-line toast-${kind}` }, h("span", {}, text),
    action && h("button", { type: "button", class: "btn btn-sm", onclick: () => { close(); action.run(); } }, action.label),
    h("button", { type: "button", class: "btn-close", "aria-label": "关闭", onclick: close }));
  box.append(toast);
  setTimeout(close, action ? 15000 : 9000);
}
