// What a person has agreed to by their link: told, taken back, and what is left of it then.

import { call, problemBox } from "./problem.js";

const SOON_MS = [1_000, 3_000, 8_000, 15_000, 30_000];
const LATER_MS = 60_000;
const LATE_MS = 3_600_000;
const WHEN_LATE_MS = 600_000;
const moment = new Intl.DateTimeFormat([], { dateStyle: "long", timeStyle: "short" });
const at = (id) => document.getElementById(id);
const told = (iso) => moment.format(new Date(iso));

export class Given {
  #link;
  #timer;
  #looks = 0;
  /** Called with what the link leads to, once it is another state. */
  onchange = () => {};

  constructor(link) {
    this.#link = link;
    at("revoke").addEventListener("click", () => this.#sure(true));
    at("revoke-not").addEventListener("click", () => this.#sure(false));
    at("revoke-now").addEventListener("click", () => this.#revoke());
  }

  /** Fill in what the API says of a link that is answered; `is_new` right after the statement was sent. */
  tell(asked, is_new = false) {
    clearTimeout(this.#timer);
    if (asked.agreed) this.#agreed(asked.agreed, is_new);
    if (asked.revoked_at) at("revoked-at").textContent = told(asked.revoked_at);
    if (asked.state === "revoked") this.#erased(asked);
    for (const each of document.querySelectorAll("[data-receipt]")) each.hidden = !asked.receipt_id;
    at("ended-erasing").hidden = Boolean(asked.erased_at);
    at("ended-erased").hidden = !asked.erased_at;
    if (asked.erased_at) at("ended-at").textContent = told(asked.erased_at);
  }

  #agreed(agreed, is_new) {
    const title = document.querySelector("[data-shown-for=recorded] h1");
    title.textContent = is_new ? "Thank you. Your recording has arrived." : "You have agreed.";
    at("agreed-name").textContent = agreed.full_name;
    at("agreed-name").hidden = at("agreed-who").hidden = !agreed.full_name; // forgotten with a replica that was deleted
    at("agreed-at").textContent = told(agreed.agreed_at);
    at("agreed-words").textContent = agreed.statement;
    at("agreed-words").lang = agreed.language;
    at("agreed-words").closest("details").hidden = !agreed.statement;
    for (const each of document.querySelectorAll("[data-standing]")) each.hidden = each.dataset.standing !== agreed.standing;
  }

  /** Until everything is erased, look again, ever less often; a look that fails does not end it. */
  #erased({ revoked_at, erased_at }) {
    const is_late = Date.now() - Date.parse(revoked_at) > LATE_MS;
    at("erasing-soon").hidden = is_late;
    at("erasing-long").hidden = !is_late;
    at("erasing").hidden = Boolean(erased_at);
    at("erased").hidden = !erased_at;
    if (erased_at) return void (at("erased-at").textContent = told(erased_at));
    const wait_ms = is_late ? WHEN_LATE_MS : SOON_MS[this.#looks++] ?? LATER_MS;
    this.#timer = setTimeout(() => this.#look({ revoked_at }), wait_ms);
  }

  async #look(known) {
    try {
      this.tell(await call("GET", this.#link));
    } catch {
      this.#erased(known);
    }
  }

  #sure(is_asked) {
    at("revoke-first").hidden = is_asked;
    at("revoke-sure").hidden = !is_asked;
    at("revoke-problem").replaceChildren();
    at(is_asked ? "revoke-not" : "revoke").focus();
  }

  async #revoke() {
    const buttons = [at("revoke-now"), at("revoke-not")];
    at("revoke-problem").replaceChildren();
    at("revoke-busy").textContent = "Taking it back…";
    for (const each of buttons) each.disabled = true;
    try {
      this.onchange(await call("POST", `${this.#link}/revoke`, { confirm: "revoke" }));
    } catch (problem) {
      if (!problem.title) throw problem;
      at("revoke-problem").replaceChildren(problemBox(problem));
    } finally {
      at("revoke-busy").textContent = "";
      for (const each of buttons) each.disabled = false;
    }
  }
}
