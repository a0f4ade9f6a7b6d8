// Behaviour that every page shares: htmx errors are said in words, forms are sent once.

function say(text, kind = "danger") {
  const box = document.getElementById("messages");
  if (!box) return;
  const alert = document.createElement("div");
  alert.className = `alert alert-${kind}`;
  alert.role = "alert";
  alert.textContent = text;
  box.append(alert);
  box.scrollIntoView({ block: "nearest" });
}

document.body.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const words = { 403: "您没有办理此事的权限。", 404: "要找的内容不存在。", 409: "他人刚刚改动了此项，请刷新后再办理。" };
  const plain = responseText && responseText.length < 300 && !responseText.includes("<") ? responseText : "";
  say(plain || words[status] || "系统出错，您的内容没有丢失，请稍后重试。");
});
document.body.addEventListener("htmx:sendError", () => say("网络中断，内容仍在本页，请稍后重试。"));

// A double click on a button must not do the act twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.again === "yes") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
