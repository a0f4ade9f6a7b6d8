// Ticking the box shows at once what would be published: the page is asked for again with that choice.
document.getElementById("include")?.addEventListener("change", (event) => {
  location.search = event.target.checked ? "include=sure" : "";
});
