// One box that ticks all of a list: <input type="checkbox" data-tick-all="unit"> for those named "unit".

for (const all of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${all.dataset.tickAll}"]`)];
  const look = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.disabled = !boxes.length;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; look(); });
  for (const box of boxes) box.addEventListener("change", look);
  look();
}
