// The labels of the time axis stand beside the drawing, which is stretched: their places come from it.
for (const label of document.querySelectorAll(".gantt-ticks span")) label.style.left = `${Number(label.dataset.x) / 10}%`;
