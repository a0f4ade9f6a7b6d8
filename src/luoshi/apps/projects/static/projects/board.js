// Dragging a card onto another library opens the page that says what the move needs; the buttons lead to the same page.
const board = document.getElementById("kanban");
let dragged = null;

board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".kanban-card");
  if (!dragged) return;
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.move);
});

board?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  for (const column of board.querySelectorAll(".is-target")) column.classList.remove("is-target");
  dragged = null;
});

for (const column of board?.querySelectorAll(".kanban-column") ?? []) {
  column.addEventListener("dragover", (event) => {
    if (!dragged || column.contains(dragged)) return;
    event.preventDefault();
    column.classList.add("is-target");
  });
  column.addEventListener("dragleave", (event) => {
    if (!column.contains(event.relatedTarget)) column.classList.remove("is-target");
  });
  column.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged && !column.contains(dragged)) window.location.assign(`${dragged.dataset.move}?to=${column.dataset.state}`);
  });
}
