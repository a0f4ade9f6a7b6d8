// Copying a secret, and asking before what cannot be undone.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const field = document.getElementById(copy.dataset.copy);
    field.select();
    // Without HTTPS the browser offers no clipboard: the text stays selected for Ctrl+C.
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(field.value);
      copy.textContent = "已复制";
    }
  }
  const asked = event.target.closest("[data-confirm]");
  if (asked && !window.confirm(asked.dataset.confirm)) event.preventDefault();
});
