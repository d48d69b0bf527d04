// The page on which a person agrees, or does not: shows the statement, records, and sends.
"use strict";

const link = `/v2/consent-links/${encodeURIComponent(location.pathname.split("/").pop())}`;
const at = (id) => document.getElementById(id);
const KINDS = ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/webm;codecs=h264,opus", "video/webm;codecs=vp8,opus"];
const LONGEST_S = 120;
const CLOSED = {
  recorded: "Your statement has arrived. Thank you; there is nothing more to do.",
  declined: "You have declined. Nothing is made of you.",
  expired: "This link has expired. Nothing was made of you.",
  withdrawn: "Whoever asked has withdrawn the question. Nothing was made of you.",
};
let asked, stream, recorder, recording, ticking;

async function call(method, path, body) {
  const answer = await fetch(link + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.detail || told.message || `The server answered ${answer.status}.`);
  return told;
}

// The server may know itself by another name than the one in the address bar; another store is what it is.
function here(url) {
  const { pathname, search, href } = new URL(url, location.href);
  return pathname.startsWith("/v2/") ? pathname + search : href;
}

function show(...ids) {
  for (const id of ["camera", "start", "stop", "send", "again"]) at(id).hidden = !ids.includes(id);
}

function trouble(error) {
  const box = at("problem");
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: error.message || String(error) }));
  box.hidden = false;
}

function calm() {
  at("problem").hidden = true;
}

function close(state) {
  camera_off();
  at("ask").hidden = true;
  at("status").textContent = CLOSED[state] || CLOSED.recorded;
}

async function open() {
  asked = await call("GET", "");
  if (asked.state !== "open") return close(asked.state);
  at("status").textContent = "";
  at("who").textContent = `${asked.full_name}, ${asked.organisation} asks you.`;
  at("statement").textContent = asked.statement.text;
  at("statement").lang = asked.statement.language;
  const until = new Date(asked.statement.expires_at);
  const time = until.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  at("until").textContent = `These words are good until ${time}; load the page again for new ones.`;
  at("ask").hidden = false;
}

async function camera_on() {
  calm();
  if (!navigator.mediaDevices || !window.MediaRecorder) {
    throw new Error("This browser does not record here. Record with your camera app, and choose the video below.");
  }
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const picture = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: picture, audio: sound });
  } catch (error) {
    throw new Error("The camera and the microphone were not allowed, or are in use. Allow them, or choose a video.");
  }
  const seen = at("seen");
  Object.assign(seen, { srcObject: stream, muted: true, controls: false, hidden: false });
  await seen.play();
  show("start");
  at("start").focus();
}

function camera_off() {
  clearInterval(ticking);
  if (stream) for (const track of stream.getTracks()) track.stop();
  stream = undefined;
}

function start() {
  calm();
  const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
  const parts = [];
  recorder = new MediaRecorder(stream, kind ? { mimeType: kind, videoBitsPerSecond: 4_000_000 } : {});
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.onstop = () => review(new File(parts, recorder.mimeType.includes("mp4") ? "consent.mp4" : "consent.webm"));
  recorder.start(1000);
  const began = Date.now();
  at("clock").hidden = false;
  ticking = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    at("clock").textContent = `Recording, ${seconds} s`;
    if (seconds >= LONGEST_S) stop();
  }, 250);
  at("status").textContent = "Recording: read the statement aloud.";
  show("stop");
  at("stop").focus();
}

function stop() {
  clearInterval(ticking);
  if (recorder && recorder.state !== "inactive") recorder.stop();
}

function review(file) {
  camera_off();
  recording = file;
  const seen = at("seen");
  Object.assign(seen, { srcObject: null, src: URL.createObjectURL(file), muted: false, controls: true, hidden: false });
  at("clock").hidden = true;
  at("status").textContent = "Look at it. Send it, or record it again.";
  show("send", "again");
  at("send").focus();
}

async function send() {
  calm();
  show();
  const bar = at("sent");
  bar.hidden = false;
  at("status").textContent = "Sending…";
  try {
    const upload = await call("POST", "/uploads", { filename: recording.name, bytes: recording.size });
    let done = 0;
    for (const part of upload.parts) {
      const from = (part.number - 1) * upload.part_bytes;
      const answer = await fetch(here(part.url), {
        method: "PUT",
        body: recording.slice(from, from + part.bytes),
      });
      if (!answer.ok) throw new Error("The recording did not get through. Try again.");
      bar.value = ++done / upload.parts.length;
    }
    await call("POST", `/uploads/${upload.upload_id}/complete`);
    await call("POST", "/record", { upload_id: upload.upload_id, phrase_id: asked.statement.phrase_id });
    close("recorded");
  } catch (error) {
    at("status").textContent = "";
    show("send", "again");
    trouble(error);
  } finally {
    bar.hidden = true;
  }
}

async function decline() {
  await call("POST", "/decline");
  close("declined");
}

function on(id, event, act) {
  at(id).addEventListener(event, () => Promise.resolve().then(act).catch(trouble));
}

on("camera", "click", camera_on);
on("start", "click", start);
on("stop", "click", stop);
on("send", "click", send);
on("again", "click", camera_on);
on("file", "change", () => at("file").files.length && (calm(), review(at("file").files[0])));
on("decline", "click", () => ((at("sure").hidden = false), (at("decline").hidden = true), at("keep").focus()));
on("keep", "click", () => ((at("sure").hidden = true), (at("decline").hidden = false), at("decline").focus()));
on("decline-now", "click", decline);
open().catch((error) => (at("status").textContent = error.message));
