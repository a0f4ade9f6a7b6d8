// What cannot be undone is asked twice; also in rows that came later.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !confirm(question)) { event.preventDefault(); event.stopPropagation(); }
}, { capture: true });
