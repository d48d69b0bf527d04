// Camera, microphone and the format of what is recorded: what a browser offers, and in words what stands in the way.

import { Problem } from "./problem.js";

/** Formats that the server and others take, the best first: what most players show, then what all browsers write. */
export const FORMATS = [
  "video/mp4;codecs=avc1.640028,mp4a.40.2",
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm;codecs=h264,opus",
  "video/webm",
  "video/mp4",
];
const SLOW = "video/webm;codecs=vp9,opus"; // in software, on two cores, it drops pictures
const FEW_CORES = 6;
const RATES = { 720: 4_000_000, 1080: 8_000_000 };
const SOUND_RATE = 128_000;
const OTHER_WAY = "Or record with your camera app, and choose the file here.";

/** How to record, as MediaRecorder takes it. */
export function recordingOptions(height) {
  const good = FORMATS.filter((each) => each !== SLOW || (navigator.hardwareConcurrency || 2) >= FEW_CORES);
  const mimeType = good.find((each) => MediaRecorder.isTypeSupported(each));
  const videoBitsPerSecond = RATES[height] || RATES[1080];
  return { ...(mimeType ? { mimeType } : {}), videoBitsPerSecond, audioBitsPerSecond: SOUND_RATE };
}

/** The end of the name for what is recorded in a format. */
export function suffixOf(mimeType) {
  return mimeType.includes("mp4") ? ".mp4" : ".webm";
}

/**
 * Ask for camera and microphone.
 * @param {object} wanted `camera`, `microphone`: ids of devices, or nothing; `height`: lines of the picture
 * @returns {Promise<MediaStream>}
 * @throws {Problem} with `code` insecure, unsupported, denied, none, in-use or unknown
 */
export async function openCamera({ camera, microphone, height }) {
  if (!isSecureContext) throw problem("insecure");
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) throw problem("unsupported");
  const lines = Math.max(720, height || 1080);
  const video = {
    width: { ideal: Math.round((lines * 16) / 9) },
    height: { ideal: lines },
    frameRate: { ideal: 30 },
    ...(camera ? { deviceId: { exact: camera } } : { facingMode: "user" }),
  };
  // What programs for calls do to a voice is what a voice is not learnt from.
  const audio = {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    ...(microphone ? { deviceId: { exact: microphone } } : {}),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio });
  } catch (error) {
    if (error.name === "OverconstrainedError" && (camera || microphone)) return openCamera({ height });
    throw await problemOfDevice(error);
  }
}

/** Cameras and microphones that can be chosen from: `{cameras, microphones}`, each `{id, label}`. */
export async function devices() {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const of = (kind, word) =>
    all
      .filter((each) => each.kind === kind && each.deviceId)
      .map((each, at) => ({ id: each.deviceId, label: each.label || `${word} ${at + 1}` }));
  return { cameras: of("videoinput", "Camera"), microphones: of("audioinput", "Microphone") };
}

/** The problem of a device that goes away while it is used. */
export function unplugged(kind) {
  const what = kind === "audio" ? "microphone" : "camera";
  return new Problem({
    code: "unplugged",
    title: `The ${what} is gone.`,
    remedy: "Plug it in again, or choose another one, and turn the camera on.",
  });
}

async function problemOfDevice(error) {
  if (["NotAllowedError", "SecurityError"].includes(error.name)) {
    return problem(/system/i.test(error.message) ? "denied-by-system" : "denied");
  }
  if (["NotReadableError", "AbortError", "TrackStartError"].includes(error.name)) return problem("in-use");
  if (["NotFoundError", "DevicesNotFoundError", "OverconstrainedError"].includes(error.name)) {
    const { cameras, microphones } = await devices();
    if (cameras.length && !microphones.length) return problem("no-microphone");
    return problem(!cameras.length && microphones.length ? "no-camera" : "none");
  }
  return problem("unknown");
}

const PROBLEMS = {
  insecure: [
    "This page was not opened over a secure connection, so the browser gives it no camera.",
    `Open it with an address that begins with https://. ${OTHER_WAY}`,
  ],
  unsupported: ["This browser cannot record.", `Use a recent Chrome, Edge, Firefox or Safari. ${OTHER_WAY}`],
  denied: [
    "The browser was not allowed to use the camera and the microphone.",
    "Open the settings of this page beside the address (a camera or a lock), allow both, and try again. " + OTHER_WAY,
  ],
  "denied-by-system": [
    "The system does not allow this browser to use the camera or the microphone.",
    "Allow both for the browser in the system's privacy settings, and try again. " + OTHER_WAY,
  ],
  "in-use": [
    "The camera or the microphone does not start. Mostly another program is using it.",
    `Close calls and other programs that use the camera, and try again. ${OTHER_WAY}`,
  ],
  none: ["No camera and no microphone were found.", `Plug them in and try again. ${OTHER_WAY}`],
  "no-camera": ["No camera was found.", `Plug one in and try again. ${OTHER_WAY}`],
  "no-microphone": ["No microphone was found.", `Plug one in and try again. ${OTHER_WAY}`],
  unknown: ["The camera could not be turned on.", `Load the page again and try once more. ${OTHER_WAY}`],
};

function problem(code) {
  const [title, remedy] = PROBLEMS[code];
  const plain = code.startsWith("denied") ? "denied" : code.startsWith("no") ? "none" : code;
  return new Problem({ code: plain, title, remedy });
}
