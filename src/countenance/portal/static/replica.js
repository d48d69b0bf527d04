// The page of one replica: what is below its state is read anew when there is something else to see, and pictures of
// findings are shown large.

const AGAIN_MS = 5000;
const large = document.getElementById("large");

function follow() {
  const parts = document.getElementById("parts");
  const state = document.querySelector("#status [data-state]");
  if (!parts || !state || state.dataset.state === "gone") return;
  const phase = state.dataset.phase;
  if (phase === parts.dataset.phase || is_sending(parts)) return;
  parts.dataset.phase = phase;
  if (keeps(parts, phase)) return;
  window.htmx.ajax("GET", `${parts.dataset.place}/parts`, { target: parts, swap: "innerHTML" }).catch(() => {}); // see answered
}

// What no answer came to is asked for again in a while.
function answered({ detail: { pathInfo, xhr } }) {
  if (pathInfo.requestPath.endsWith("/parts") && (!xhr.status || xhr.status >= 500)) return void setTimeout(again, AGAIN_MS);
  follow();
}

function again() {
  delete document.getElementById("parts")?.dataset.phase;
  follow();
}

// A link is shown once: it stays until somebody has answered, and while it is being made nothing takes its place. Nor of
// what is typed to make one.
const is_sending = (parts) => parts.querySelector(".htmx-request") !== null;
const is_typed = (parts) => [...parts.querySelectorAll("form input")].some((each) => each.value !== each.defaultValue);
const keeps = (parts, phase) => phase.startsWith("consent-") && (document.getElementById("made") || is_typed(parts));

function hold_back({ detail, target }) {
  if (target.id !== "parts" || !(is_sending(target) || keeps(target, target.dataset.phase ?? ""))) return;
  detail.shouldSwap = false;
  delete target.dataset.phase;
}

function make_enlargeable() {
  for (const picture of document.querySelectorAll("#parts .evidence")) {
    if (picture.closest("button")) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "enlarge" });
    const title = picture.closest(".finding")?.querySelector(".title")?.textContent ?? "";
    button.setAttribute("aria-label", `Show the picture large: ${title}`);
    button.dataset.words = title;
    picture.replaceWith(button);
    button.append(picture);
  }
}

function enlarge(event) {
  const button = event.target.closest(".enlarge");
  if (!button) return;
  const picture = document.getElementById("large-picture");
  picture.src = button.querySelector("img").src;
  picture.alt = button.querySelector("img").alt;
  document.getElementById("large-words").textContent = button.dataset.words;
  large.showModal();
}

document.addEventListener("click", enlarge);
large.addEventListener("click", (event) => event.target === large && large.close());
document.addEventListener("htmx:sseMessage", follow);
document.addEventListener("htmx:afterSettle", make_enlargeable);
document.addEventListener("htmx:beforeSwap", hold_back);
document.addEventListener("htmx:afterSettle", follow);
document.addEventListener("htmx:afterRequest", answered);
make_enlargeable();
