// The file of a cell: look at it, put one there, take it away.

import { Unreachable, ask, h, icon, send, toast } from "./page.js";

const sized = (bytes) => (bytes < 1024 ** 2 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`);

export async function openEvidence(sheet, saver, address, { url, accept, limit, kinds }) {
  const { section, row, field } = sheet.parts(address);
  const open = sheet.isOpen(section, row, field), number = sheet.get(address), file = sheet.data.names.files[number];
  if (!open && !file) return;
  const chooser = h("input", { type: "file", class: "form-control", accept });
  const body = [
    file ? h("p", {}, icon("paperclip", "me-1"), h("a", { href: file.url }, file.name), ` ${sized(file.size)}`, h("span", { class: "row-count" }, ` ${file.by} ${file.at}`)) : h("p", { class: "none" }, "还没有佐证材料。"),
    open && h("label", { class: "form-label" }, file ? "换成" : "选择文件", chooser),
    open && h("p", { class: "row-count" }, `可传 ${kinds}，每个不超过 ${sized(limit)}。`),
  ].filter(Boolean);
  const buttons = [{ label: "关闭", value: null }];
  if (open && file) buttons.push({ label: "移除", value: "remove", kind: "btn-outline-danger" });
  if (open) buttons.push({ label: "上传", value: "put", kind: "btn-primary", check: () => chooser.files.length > 0 });
  const act = await ask(sheet.placeName(address), body, buttons);
  if (!act) return;
  if (act === "put" && chooser.files[0].size > limit) { toast(`“${chooser.files[0].name}”有 ${sized(chooser.files[0].size)}，超过了 ${sized(limit)}。`, "danger"); return; }
  if (!(await saver.flush())) { toast("前面的内容还没有存上，请稍后再传。", "danger"); return; }
  const form = new FormData();
  form.set("address", address);
  if (act === "put") form.set("file", chooser.files[0]);
  else form.set("remove", number);
  try {
    toast(act === "put" ? "正在上传……" : "正在移除……");
    const { status, body: answer } = await send(url, form, { seconds: 600 });
    if (status !== 200) { toast(answer.message || "没有办成，请稍后再试。", "danger"); return; }
    Object.assign(sheet.data.names.files, answer.files);
    saver.revision = answer.revision;
    sheet.receive({ [address]: answer.value });
    if (answer.problems) sheet.judged(answer.problems, [address]);
    toast(act === "put" ? "已上传。" : "已移除。", "success");
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    toast("网络中断，文件没有传上，请稍后再传。", "danger");
  }
}
