// Checks of a file before it is sent, against the limits of the server's own rules (countenance.portal.limits).

import { drawing, element, worded } from "./elements.js";

const HEAD_BYTES = 512;
const LOOK_MS = 15_000;
const USUAL = ["mp4", "webm"];
const SIGNS = {
  error: "M6 6l12 12M18 6L6 18",
  warning: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.3v.2",
  hint: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 11v5.5M12 7.5v.2",
};
const WORDS = { error: "Error", warning: "Warning", hint: "Advice" };

/** The limits that the page carries. */
export function readLimits(id = "limits") {
  return JSON.parse(document.getElementById(id).textContent);
}

/**
 * Look at a file as far as a browser can.
 * @param {File} file
 * @param {object} purpose of the limits: `{kind, accept, rules}`
 * @returns {Promise<{ok: boolean, findings: object[], facts: object}>} findings as the API's; facts are null where the
 *   browser cannot tell, which is no fault of the file
 */
export async function check(file, purpose) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0)));
  const facts = { name: file.name, bytes: file.size, container: containerOf(head), duration_s: null, width: null, height: null };
  const found = [...named(file, purpose), ...weighed(file, purpose, facts)];
  if (!found.length) {
    Object.assign(facts, await (purpose.kind === "image" ? pictureFacts(file) : filmFacts(file, purpose.kind)));
    found.push(...measured(purpose, facts));
  }
  return { ok: !found.some((each) => each.severity === "error"), findings: found, facts };
}

/** Findings as a list, as the pages' own: what, measured and limit, what to do. */
export function findingsList(findings) {
  const list = element("ul", "findings");
  for (const each of findings) {
    const item = element("li", `finding ${each.severity}`);
    const sign = element("div", "sign");
    const drawn = drawing("0 0 24 24", SIGNS[each.severity]);
    drawn.setAttribute("class", "icon");
    sign.append(drawn, element("span", "visually-hidden", `${WORDS[each.severity]}:`));
    const told = element("div", "told");
    told.append(worded("p", "title", each.title));
    if (each.detail) told.append(worded("p", "", each.detail));
    if (measureText(each)) told.append(element("p", "measures", measureText(each)));
    if (each.remedy) {
      const remedy = worded("p", "remedy", ` ${each.remedy}`);
      remedy.prepend(element("strong", "", "What to do"));
      told.append(remedy);
    }
    item.append(sign, told);
    list.append(item);
  }
  return list;
}

/** `Measured 4.2 s, at least 10 s.`, as `macros.html` has it. */
export function measureText({ measured, limit, unit }) {
  if (measured === null || measured === undefined) return "";
  const first = `Measured ${counted(measured, unit || "")}`;
  if (limit === null || limit === undefined) return `${first}.`;
  const is_clear = typeof measured === "number" && measured !== limit && measured * limit >= 0;
  const bound = is_clear ? (measured < limit ? "at least" : "at most") : "limit";
  const [short] = (unit || "").split(" ");
  return `${first}, ${bound} ${counted(limit, ["%", "s", "px", "dB", "times"].includes(short) ? short : unit || "")}.`;
}

/** At most three digits that say something, and one of what there is one of. */
function counted(value, unit) {
  if (typeof value !== "number") return String(value);
  const digits = Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  const number = value.toLocaleString("en", digits);
  const one = number === "1" ? unit.replace(/^(?!times\b)(\w{3,})s\b/, "$1") : unit;
  return one ? `${number} ${one}` : number;
}

function* named(file, { accept, rules }) {
  const end = /\.[^.]+$/.exec(file.name.toLowerCase());
  if (!end || !accept.includes(end[0])) {
    const detail = `The name ends in ${end ? end[0] : "nothing that tells its kind"}; taken are ${accept.join(", ")}.`;
    yield finding(rules.kind, null, detail);
  }
}

function* weighed(file, { kind, rules }, facts) {
  if (!file.size) yield finding(rules.empty, "0 bytes");
  else if (file.size / 1e6 > rules.too_large.limit) yield finding(rules.too_large, file.size / 1e6);
  else if (facts.container === null) yield finding(rules.format);
  else if ((kind === "image") !== (kindOf(facts.container) === "image")) {
    yield finding(rules.format, null, `It is a ${facts.container.toUpperCase()} file.`);
  }
}

function* measured({ kind, rules }, { container, duration_s, width, height, readable }) {
  const least = Math.min(width ?? Infinity, height ?? Infinity);
  const megapixels = ((width ?? 0) * (height ?? 0)) / 1e6;
  // A JPEG with more pixels is made smaller while it is read.
  if (rules.too_many_pixels && container !== "jpeg" && megapixels > rules.too_many_pixels.limit) {
    yield finding(rules.too_many_pixels, megapixels, `It is ${width} x ${height}.`);
  }
  if (kind === "image") {
    if (readable === false) yield finding(rules.format);
    else if (least < rules.too_small.limit) yield finding(rules.too_small, least, `It is ${width} x ${height}.`);
    if (container === "webp") yield finding(rules.unusual);
    return;
  }
  if (duration_s !== null && rules.too_short && duration_s < rules.too_short.limit) {
    const is_length = rules.too_short.unit === "s"; // and not seconds of speech, of which there cannot be enough
    const whole = `The whole recording has ${duration_s.toFixed(1)} s; ${rules.too_short.limit} ${rules.too_short.unit} are needed.`;
    yield is_length ? finding(rules.too_short, duration_s) : finding(rules.too_short, null, whole);
  }
  if (duration_s !== null && duration_s > rules.too_long.limit) yield finding(rules.too_long, duration_s);
  if (rules.no_picture && width === 0) yield finding(rules.no_picture);
  if (rules.low_resolution && least > 0 && least < rules.low_resolution.limit) {
    yield finding(rules.low_resolution, least, `It is ${width} x ${height}.`);
  }
  if (rules.container && !USUAL.includes(container)) yield finding(rules.container, container.toUpperCase());
}

function finding(rule, measured = null, detail = "") {
  return { ...rule, measured, detail };
}

/** What the first bytes say: a short name, or null for what is no media. */
export function containerOf(head) {
  const text = (at, length) => String.fromCharCode(...head.slice(at, at + length));
  const is = (...bytes) => bytes.every((byte, at) => head[at] === byte);
  if (is(0xff, 0xd8, 0xff)) return "jpeg";
  if (is(0x89, 0x50, 0x4e, 0x47)) return "png";
  if (text(0, 4) === "RIFF") return { "WEBP": "webp", "AVI ": "avi", "WAVE": "wav" }[text(8, 4)] || null;
  if (text(4, 4) === "ftyp") {
    const brand = text(8, 4);
    if (["heic", "heix", "hevc", "mif1", "msf1", "avif", "avis"].includes(brand)) return null;
    return brand === "qt  " ? "mov" : /^(M4A|M4B|F4A)/.test(brand) ? "m4a" : "mp4";
  }
  if (["moov", "mdat", "free", "skip", "wide"].includes(text(4, 4))) return "mov";
  if (is(0x1a, 0x45, 0xdf, 0xa3)) return text(0, 64).includes("webm") ? "webm" : "mkv";
  if (text(0, 4) === "OggS") return "ogg";
  if (text(0, 4) === "fLaC") return "flac";
  if (text(0, 4) === "FORM") return "aiff";
  if (text(0, 4) === "caff") return "caf";
  if (is(0, 0, 1, 0xba) || is(0, 0, 1, 0xb3)) return "mpeg";
  if (head[0] === 0x47 && head[188] === 0x47) return "ts";
  if (text(0, 3) === "ID3" || (head[0] === 0xff && (head[1] & 0xe0) === 0xe0)) return "mp3";
  return null;
}

function kindOf(container) {
  return ["jpeg", "png", "webp"].includes(container) ? "image" : "film";
}

async function pictureFacts(file) {
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    picture.close();
    return { width, height, readable: true };
  } catch {
    return { readable: false };
  }
}

/** Duration and size of a film that this browser can play; nothing of another. */
async function filmFacts(file, kind) {
  const player = document.createElement(kind === "sound" ? "audio" : "video");
  const url = URL.createObjectURL(file);
  Object.assign(player, { preload: "metadata", muted: true, src: url });
  try {
    await event(player, "loadedmetadata");
    const duration_s = await durationOf(player);
    return kind === "video"
      ? { duration_s, width: player.videoWidth, height: player.videoHeight, readable: true }
      : { duration_s, readable: true };
  } catch {
    return { readable: false };
  } finally {
    player.removeAttribute("src");
    player.load();
    URL.revokeObjectURL(url);
  }
}

/** Recordings of browsers do not state their length: it is known once their end is sought. */
async function durationOf(player) {
  if (player.duration !== Infinity) return player.duration;
  player.currentTime = Number.MAX_SAFE_INTEGER;
  while (player.duration === Infinity) await event(player, "durationchange");
  return player.duration;
}

function event(player, name) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(name)), LOOK_MS);
    const done = (act) => () => (clearTimeout(late), act());
    player.addEventListener(name, done(resolve), { once: true });
    player.addEventListener("error", done(() => reject(player.error)), { once: true });
  });
}
