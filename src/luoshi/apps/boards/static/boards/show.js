// 挂图作战: one board after another. The next one is fetched unseen; where the line is down the last picture stays and
// the screen says from when it is. Space pauses, the arrows turn, Escape leaves.
const { pages, seconds } = JSON.parse(document.getElementById("show-pages").textContent);
const part = (name) => document.getElementById(`show-${name}`);
const stage = part("stage");
const bar = part("progress");
const PATIENCE = 15000;
const GONE = "页面打不开";
let place = -1;
let paused = false;
let spent = 0;
let turning = false;
let seenAt = null;

const clock = (moment) => `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;

function address(page) {
  return page + (page.includes("?") ? "&" : "?") + "room=1";
}

/** What stands in the way of a board, in words; "" where the server gives it, `null` where it does not answer. */
async function obstacle(page) {
  try {
    const answer = await fetch(address(page), { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) return "";
    if (answer.type === "opaqueredirect") return "登录已过期，请退出后重新登录";
    return answer.status < 500 ? GONE : null;
  } catch {
    return null;
  }
}

/** A frame with a board, unseen yet; `null` where it did not come: a browser's error page is none of ours to read. */
async function framed(page, number) {
  const frame = document.createElement("iframe");
  frame.src = address(page);
  frame.title = `第${number}页`;
  frame.className = "is-unseen";
  stage.append(frame);
  const came = await new Promise((done) => {
    frame.addEventListener("load", () => done(true), { once: true });
    setTimeout(() => done(false), PATIENCE);
  });
  if (came && frame.contentDocument?.querySelector(".room")) {
    attend(frame);
    frame.addEventListener("load", () => attend(frame));
    return frame;
  }
  frame.remove();
  return null;
}

/** Keys work inside the frame too; what is no board leaves the screen, for only boards may be framed. */
function attend(frame) {
  frame.contentWindow?.addEventListener("keydown", keys);
  for (const link of frame.contentDocument?.links ?? []) if (!link.pathname.startsWith("/board")) link.target = "_top";
}

function tell(trouble) {
  const from = seenAt ? `，以下是 ${clock(seenAt)} 的画面` : "";
  part("state").textContent = trouble && trouble + from;
}

/** Goes on by a step, past boards that cannot be opened; where the server does not answer what is seen stays. */
async function turn(step) {
  if (turning) return;
  turning = true;
  spent = 0;
  let trouble = "";
  for (let tried = 1; tried <= pages.length; tried += 1) {
    const next = (((place + step * tried) % pages.length) + pages.length) % pages.length;
    const found = await obstacle(pages[next]);
    const frame = found === "" ? await framed(pages[next], next + 1) : null;
    if (frame) {
      frame.className = "";
      for (const old of [...stage.children]) if (old !== frame) old.remove();
      place = next;
      seenAt = new Date();
      trouble = "";
      break;
    }
    trouble = found || "连不上服务器";
    if (found !== GONE) break;
  }
  tell(trouble);
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
