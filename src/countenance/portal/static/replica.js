// The page of one replica: what is below its state is read anew when there is something else to see, and pictures of
// findings are shown large.

const large = document.getElementById("large");

function follow() {
  const parts = document.getElementById("parts");
  const state = document.querySelector("#status [data-state]");
  if (!parts || !state || state.dataset.state === "gone") return;
  const phase = state.dataset.phase;
  if (phase === parts.dataset.phase || is_sending(parts)) return;
  parts.dataset.phase = phase;
  if (!shows_link(phase)) window.htmx.ajax("GET", `${parts.dataset.place}/parts`, { target: parts, swap: "innerHTML" });
}

// A link is shown once: it stays until somebody has answered, and while it is being made nothing takes its place.
const is_sending = (parts) => parts.querySelector(".htmx-request") !== null;
const shows_link = (phase) => document.getElementById("made") && phase.startsWith("consent-");

function hold_back({ detail, target }) {
  if (target.id !== "parts" || !(is_sending(target) || shows_link(target.dataset.phase ?? ""))) return;
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
for (const name of ["htmx:afterSettle", "htmx:afterRequest"]) document.addEventListener(name, follow);
make_enlargeable();
