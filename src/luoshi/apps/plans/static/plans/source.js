// Pointing at a mark shows what was read there and leads to its row in the ledger; a click or Enter keeps the card.

const source = document.getElementById("source");
const card = document.getElementById("source-card");
const objects = JSON.parse(document.getElementById("source-objects")?.textContent || "{}");
const narrow = matchMedia("(max-width: 991px)");
let kept = false;
let shownFor = null;

function marksAt(element) {
  const found = [];
  for (let mark = element.closest("mark"); mark && source.contains(mark); mark = mark.parentElement.closest("mark")) {
    if (getComputedStyle(mark).display !== "none" && !source.classList.contains(`hide-${mark.classList[0]}`)) found.push(mark);
  }
  return found;
}

function entryFor(mark) {
  const object = objects[mark.dataset.object];
  if (!object) return null;
  const entry = document.createElement("div");
  entry.className = "entry";
  const head = document.createElement("div");
  const kind = document.createElement("span");
  kind.className = `kind ${mark.classList[0]}`;
  kind.textContent = object.kind;
  const title = document.createElement(object.url ? "a" : "b");
  title.textContent = object.title;
  if (object.url) title.href = object.url;
  head.append(kind, title);
  entry.append(head);
  for (const [name, value] of object.rows) {
    const line = document.createElement("div");
    const label = document.createElement("span");
    label.className = "text-secondary";
    label.textContent = `${name}：`;
    line.append(label, value);
    entry.append(line);
  }
  return entry;
}

function show(mark, keep) {
  const marks = marksAt(mark);
  // Where smaller things are marked inside, the measure around them is told last.
  const entries = [...new Map(marks.map((one) => [one.dataset.object, one])).values()].map(entryFor).filter(Boolean);
  if (!entries.length) { hide(); return; }
  card.replaceChildren(...entries);
  card.hidden = false;
  kept = keep;
  shownFor = mark;
  if (narrow.matches) return;
  const place = mark.getClientRects()[0] || mark.getBoundingClientRect();
  const left = Math.min(Math.max(8, place.left), innerWidth - card.offsetWidth - 16);
  const below = place.bottom + 4;
  const top = below + card.offsetHeight < innerHeight ? below : Math.max(8, place.top - card.offsetHeight - 4);
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}

function hide() {
  card.hidden = true;
  kept = false;
  shownFor = null;
}

let leaving;
source?.addEventListener("mouseover", (event) => {
  const mark = event.target.closest("mark");
  clearTimeout(leaving);
  if (kept || narrow.matches) return;
  if (mark && mark !== shownFor) show(mark, false);
  else if (!mark && shownFor) leaving = setTimeout(hide, 250);
});
source?.addEventListener("mouseleave", () => { if (!kept) leaving = setTimeout(hide, 250); });
card?.addEventListener("mouseenter", () => clearTimeout(leaving));
card?.addEventListener("mouseleave", () => { if (!kept) leaving = setTimeout(hide, 250); });
source?.addEventListener("click", (event) => {
  const mark = event.target.closest("mark");
  if (mark && !String(getSelection())) show(mark, true);
  else if (!mark) hide();
});
source?.addEventListener("keydown", (event) => {
  if ((event.key === "Enter" || event.key === " ") && event.target.matches("mark")) {
    event.preventDefault();
    show(event.target, true);
    card.querySelector("a")?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || card.hidden) return;
  const back = shownFor;
  hide();
  back?.focus?.();
});
document.addEventListener("click", (event) => {
  if (kept && !card.contains(event.target) && !source.contains(event.target)) hide();
});

// The kinds of mark can be taken out of view, so that a crowded paragraph can be read.
for (const box of document.querySelectorAll(".legend input[data-kind]")) {
  box.addEventListener("change", () => source.classList.toggle(`hide-${box.dataset.kind}`, !box.checked));
}

// Folded before anything is scrolled to: what stands above must not change its height afterwards.
if (narrow.matches) document.querySelector(".source-index details")?.removeAttribute("open");

// The object of the address is brought into view, also where its line is long; the index follows the reading.
const current = source?.querySelector("mark.is-current");
const target = current || document.querySelector(".source-line.is-current, .source-table tr.is-current");
const reach = () => target?.scrollIntoView({ block: "center" });
requestAnimationFrame(reach);
// Once more when the letters are there, and after the browser's own jump to the line of the address.
document.fonts?.ready.then(() => requestAnimationFrame(reach));

const links = new Map([...document.querySelectorAll(".source-index a")].map((link) => [link.hash.slice(1), link]));
if (links.size && "IntersectionObserver" in window) {
  let here = null;
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      here?.classList.remove("is-here");
      here = links.get(entry.target.id);
      here?.classList.add("is-here");
    }
  }, { rootMargin: "0px 0px -75% 0px" });
  for (const id of links.keys()) {
    const line = document.getElementById(id);
    if (line) watcher.observe(line);
  }
}
