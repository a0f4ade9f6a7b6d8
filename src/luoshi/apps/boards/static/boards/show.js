// 挂图作战: one board after another. The next one is fetched unseen; where the line is down the last picture stays and
// the screen says from when it is. Space pauses, the arrows turn, Escape leaves.
const { pages, seconds } = JSON.parse(document.getElementById("show-pages").textContent);
const part = (name) => document.getElementById(`show-${name}`);
const stage = part("stage");
const bar = part("progress");
let place = -1;
let paused = false;
let spent = 0;
let turning = false;
let seenAt = null;

const clock = (moment) => `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;

function address(page) {
  return page + (page.includes("?") ? "&" : "?") + "room=1";
}

/** Whether the server answers with a board: a frame that fails would show an error page to the whole room. */
async function answers(page) {
  try {
    const answer = await fetch(address(page), { redirect: "manual", cache: "no-store" });
    return answer.ok;
  } catch {
    return false;
  }
}

async function turn(step) {
  if (turning) return;
  turning = true;
  spent = 0;
  const next = (place + step + pages.length) % pages.length;
  if (await answers(pages[next])) {
    const frame = document.createElement("iframe");
    frame.src = address(pages[next]);
    frame.title = `第${next + 1}页`;
    frame.hidden = true;
    stage.append(frame);
    await new Promise((done) => { frame.addEventListener("load", done, { once: true }); setTimeout(done, 15000); });
    frame.hidden = false;
    frame.contentWindow?.addEventListener("keydown", keys);
    for (const old of [...stage.children]) if (old !== frame) old.remove();
    place = next;
    seenAt = new Date();
    part("state").textContent = "";
  } else {
    part("state").textContent = seenAt ? `连不上服务器，以下是 ${clock(seenAt)} 的画面` : "连不上服务器，稍后再试";
  }
  part("place").textContent = `${place + 1} / ${pages.length}`;
  turning = false;
}

function pause() {
  paused = !paused;
  part("pause").textContent = paused ? "继续" : "暂停";
}

function keys(event) {
  if (event.target.matches?.("button, a") && event.key === " ") return;
  const acts = { " ": pause, ArrowRight: () => turn(1), ArrowLeft: () => turn(-1), Escape: () => { if (!document.fullscreenElement) part("leave").click(); } };
  if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
}

document.addEventListener("keydown", keys);
part("pause").addEventListener("click", pause);
part("full").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
setInterval(() => {
  part("clock").textContent = new Date().toLocaleString("zh-CN", { dateStyle: "long", timeStyle: "short" });
  if (paused) return;
  spent += 1;
  bar.style.width = `${Math.min(100, (100 * spent) / seconds)}%`;
  if (spent >= seconds) turn(1);
}, 1000);
turn(1);
