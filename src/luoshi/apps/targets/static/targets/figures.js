// Exact decimals for sums while typing: whole numbers of millionths, so that nothing is lost to binary fractions.

const PLACES = 6;
const SCALE = 10n ** 6n;
const BLANKS = new Set(["", "-", "--", "—", "——", "–", "/", "无"]);

// What a person typed → canonical text ("" for a blank), or null for what is no figure.
export function canonical(text, measure = "") {
  let bare = text.normalize("NFKC").trim();
  if (BLANKS.has(bare)) return "";
  if (measure && bare.endsWith(measure.normalize("NFKC"))) bare = bare.slice(0, -measure.length);
  bare = bare.replace(/[,\s、]/g, "").replace("−", "-");
  let zeros = 0;
  while (/[万亿]$/.test(bare)) { zeros += bare.endsWith("万") ? 4 : 8; bare = bare.slice(0, -1); }
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(bare);
  if (!match || !(match[2] || match[3])) return null;
  const fraction = (match[3] || "").replace(/0+$/, "").padEnd(zeros, "0");
  const whole = (match[2] + fraction.slice(0, zeros)).replace(/^0+(?=\d)/, "") || "0";
  const rest = fraction.slice(zeros).replace(/0+$/, "");
  if (rest.length > PLACES || whole.length > 18) return null;
  const value = rest ? `${whole}.${rest}` : whole;
  return match[1] === "-" && /[1-9]/.test(value) ? `-${value}` : value;
}

export function steps(text) {
  if (!text) return 0n;
  const negative = text.startsWith("-");
  const [whole, rest = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole) * SCALE + BigInt(rest.padEnd(PLACES, "0"));
  return negative ? -value : value;
}

export function fromSteps(value) {
  const size = value < 0n ? -value : value;
  const rest = String(size % SCALE).padStart(PLACES, "0").replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${size / SCALE}${rest ? `.${rest}` : ""}`;
}

export function shown(text) {
  if (!text) return "";
  const [whole, rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest ? `${grouped}.${rest}` : grouped;
}
