// The list of returns to review: tick, and pass many at once after reading what will happen.

import { ask, h } from "./page.js";

const form = document.getElementById("accept-form"), button = document.getElementById("accept");
if (form && button) {
  const boxes = () => [...form.querySelectorAll("input[name=return]")];
  const chosen = () => boxes().filter((box) => box.checked);
  const all = document.getElementById("tick-all"), clean = document.getElementById("tick-clean");
  const look = () => {
    const count = chosen().length;
    button.disabled = !count;
    button.textContent = count ? `通过所选 ${count} 份` : "通过所选";
    if (all) all.checked = count > 0 && count === boxes().length;
  };
  form.addEventListener("change", (event) => { if (event.target === all) for (const box of boxes()) box.checked = all.checked; look(); });
  clean?.addEventListener("click", () => { for (const box of boxes()) box.checked = box.dataset.clean === "yes"; look(); });
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sure === "yes") return;
    event.preventDefault();
    const rows = chosen(), doubtful = rows.filter((box) => box.dataset.clean !== "yes").length;
    if (!rows.length) return;
    const line = (box) => h("li", {}, box.dataset.name, box.dataset.then && h("span", { class: "row-count" }, ` → ${box.dataset.then}`), box.dataset.doubt && h("span", { class: "text-warning" }, ` ${box.dataset.doubt}`));
    const words = [h("p", {}, "通过后，最后一环的数据计入汇总，填报单位不能再改；其余的进入下一环审核。有一份办不成，不影响其他各份。"), doubtful ? h("p", { class: "text-warning" }, `其中 ${doubtful} 份有需要留意之处，请确认已看过。`) : null, h("ul", { class: "accept-list" }, rows.map(line))].filter(Boolean);
    if (await ask(`通过 ${rows.length} 份报表`, words, [{ label: "再看看", value: null }, { label: `通过 ${rows.length} 份`, value: true, kind: "btn-primary" }], { wide: true })) {
      form.dataset.sure = "yes";
      form.requestSubmit();
    }
  });
  look();
}
