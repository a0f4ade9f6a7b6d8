// Dropping files: each goes up on its own, with its own bar; then its row in the table says how the reading goes.

import "./ask.js";
import { h } from "./dom.js";

const zone = document.getElementById("drop-zone");
const input = document.getElementById("files");
const sending = document.getElementById("sending");
const limit = Number(zone.dataset.limit);

function send(file) {
  const bar = h("div", { class: "progress-bar" });
  const text = h("span", { class: "small text-nowrap" }, "正在上传…");
  const line = h("div", { class: "sending-line" }, h("span", { class: "text-truncate" }, file.name), h("div", { class: "progress flex-fill" }, bar), text);
  sending.append(line);
  const failed = (message) => {
    line.classList.add("is-failed");
    text.textContent = message;
    text.className = "small text-danger";
    line.append(h("button", { type: "button", class: "btn btn-sm", onclick: () => { line.remove(); send(file); } }, "重试"), h("button", { type: "button", class: "btn-close", "aria-label": "关闭", onclick: () => line.remove() }));
  };
  return new Promise((resolve) => {
    const form = new FormData(zone);
    form.delete("files");
    form.append("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", zone.action);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.style.width = `${(100 * event.loaded) / event.total}%`; });
    request.upload.addEventListener("load", () => { text.textContent = "正在保存…"; });
    request.addEventListener("load", () => {
      if (request.status === 200 && request.response?.html) { line.remove(); show(request.response.html); }
      else failed(request.response?.message || (request.status === 403 ? "没有权限，或登录已过期，请刷新页面。" : "没有收下，请重试。"));
      resolve();
    });
    request.addEventListener("error", () => { failed(file.size > limit ? "文件过大，没有收下。请拆分后再上传。" : "网络中断，没有上传。"); resolve(); });
    request.send(form);
  });
}

function show(html) {
  const holder = document.createElement("table");
  holder.innerHTML = html; // the server's own template
  document.getElementById("no-uploads")?.remove();
  const table = document.getElementById("uploads");
  for (const row of [...holder.tBodies].reverse()) {
    table.tHead.after(row);
    window.htmx?.process(row);
  }
}

async function sendAll(files) {
  for (const file of files) await send(file);
}

input.addEventListener("change", () => { const files = [...input.files]; input.value = ""; sendAll(files); });
for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("is-over"));
zone.addEventListener("drop", (event) => { event.preventDefault(); sendAll([...event.dataTransfer.files]); });
// A file dropped beside the zone must not replace the page.
for (const type of ["dragover", "drop"]) window.addEventListener(type, (event) => event.preventDefault());
