// What the API says is wrong, in words for the page; and how pages ask the API.

import { element, worded } from "./elements.js";

const SIGNED_OUT = 401;

/** Something that did not work. `message` is the whole story; the fields are those of the API's problem body. */
export class Problem extends Error {
  /**
   * @param {object} told `title`, `detail`, `remedy`, `rule`, `status` (0 without an answer), `findings`, `code`
   */
  constructor(told) {
    super(told.detail || told.title);
    this.name = "Problem";
    this.code = told.code || "";
    this.title = told.title || told.detail;
    this.detail = told.detail || "";
    this.remedy = told.remedy || "";
    this.status = told.status || 0;
    this.findings = told.findings || [];
    this.rule = told.rule || (this.findings[0] && this.findings[0].rule) || "";
    this.retry_s = told.retry_s ?? null;
  }

  /** Whether the same may work a little later. */
  get passes() {
    return this.code === "network" || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** No answer came. */
export function network() {
  return new Problem({
    code: "network",
    title: navigator.onLine ? "The server does not answer." : "There is no connection to the internet.",
    remedy: navigator.onLine ? "Wait a moment and try again." : "Check the connection; then try again.",
  });
}

/** The problem that an answer tells: the API's own body, or what little can be said without one. */
export function problemOf(status, text, retryAfter) {
  const retry_s = retryAfter && Number.isFinite(Number(retryAfter)) ? Number(retryAfter) : null;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  if (!body || typeof body !== "object") {
    const title = status >= 500 ? "The server has trouble." : "The server did not accept this.";
    return new Problem({ title, remedy: `Try again in a moment (answer ${status}).`, status, retry_s });
  }
  const first = (body.findings || [])[0] || {};
  return new Problem({
    title: body.title || first.title || body.error || body.message,
    detail: body.detail || body.message || body.error,
    remedy: first.remedy,
    rule: first.rule || String(body.type || "").replace("urn:countenance:error:", ""),
    status,
    findings: body.findings || [],
    retry_s,
  });
}

/**
 * Ask the API: JSON there and back, with the session of the page.
 * @returns {Promise<any>} the body; null where there is none
 * @throws {Problem}
 */
export async function call(method, path, body, { headers = {}, signal, keepalive = false } = {}) {
  let answer, text;
  try {
    answer = await fetch(path, {
      method,
      signal,
      keepalive,
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw network();
  }
  if (!answer.ok) throw problemOf(answer.status, text, answer.headers.get("Retry-After"));
  return text ? JSON.parse(text) : null;
}

/** The server may know itself by another name than the one in the address bar; another store is what it is. */
export function here(url) {
  const { pathname, search, href } = new URL(url, location.href);
  return pathname.startsWith("/v2/") ? pathname + search : href;
}

/** A link to sign in, and from there back to this page. */
export function signIn() {
  const href = `/sign-in?over=1&next=${encodeURIComponent(location.pathname + location.search)}`;
  return Object.assign(element("a", "button", "Sign in again"), { href });
}

/**
 * A box that says what is wrong and what to do; put it where it is seen. Whoever is not signed in any more is told where
 * to sign in: by `signing_in`, else in another tab, which leaves this page as it is.
 */
export function problemBox(problem, signing_in = null) {
  const box = element("div", "note bad");
  box.setAttribute("role", "alert");
  const signed_out = problem.status === SIGNED_OUT;
  const findings = signed_out ? [{ title: "You were signed out." }] : problem.findings.length ? problem.findings : [problem];
  for (const found of findings) {
    const title = element("p", "");
    title.append(worded("strong", "", found.title || problem.message));
    box.append(title);
    const more = [found.detail === found.title ? "" : found !== problem && found.detail, found.remedy];
    for (const words of more.filter(Boolean)) box.append(worded("p", "", words));
  }
  if (signed_out) box.append(...(signing_in ?? beside()));
  return box;
}

function beside() {
  const link = Object.assign(signIn(), { target: "_blank", textContent: "Sign in in another tab" });
  return [element("p", "", "Then come back to this one, which stays as it is, and try again."), link];
}
