// The print button of a list.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
