// The units ticked go into the address of the new order as one list.

for (const form of document.querySelectorAll("form[data-units]")) {
  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("input[data-unit]:checked")].map((box) => box.dataset.unit);
    if (!chosen.length) {
      event.preventDefault();
      alert("请先勾选单位。");
      return;
    }
    form.querySelector("input[name=units]").value = chosen.join(",");
  });
}
