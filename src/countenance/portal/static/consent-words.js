// The words that a person reads aloud: they are good for a while only, and are shown again after a reload until then.

const NEARLY_MS = 5 * 60_000;
const LOOK_MS = 2_000;
const KEY = "countenance.words:";
const clock = new Intl.DateTimeFormat([], { timeStyle: "short" });

export class Words {
  #link;
  #parts;
  #statement = null;
  #timer;
  /** Called with each statement that is shown. */
  onshown = () => {};
  /** Whether now is no time to offer others. */
  isBusy = () => false;

  constructor(link, parts) {
    this.#link = link;
    this.#parts = parts;
  }

  /** Show a statement; unless it is asked for anew, one that was shown before and is still good for a while. */
  begin(statement, { anew = false } = {}) {
    const before = anew ? null : this.#recalled();
    this.#statement = before || statement;
    this.#remember(this.#statement);
    this.onshown(this.#statement);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#parts.stale.hidden = true;
    this.#look();
  }

  /** Forget them: the link is closed. */
  end() {
    clearInterval(this.#timer);
    this.#remember(null);
  }

  get phrase_id() {
    return this.#statement?.phrase_id;
  }

  /** When they end, in milliseconds since 1970. */
  get until() {
    return this.#statement ? Date.parse(this.#statement.expires_at) : Infinity;
  }

  get isNearlyOld() {
    return this.until - Date.now() < NEARLY_MS;
  }

  /** Say that what was recorded with them is not taken any more. */
  tooOld() {
    this.#offer("The words that you read are too old by now, so the recording is not taken any more. Record it again with new ones.");
  }

  #look() {
    const left = this.until - Date.now();
    const minutes = Math.max(1, Math.round(left / 60_000));
    const { until, stale } = this.#parts;
    until.hidden = left <= 0;
    until.textContent = `These words are good until ${clock.format(this.until)}, for ${minutes} more minute${minutes === 1 ? "" : "s"}.`;
    if (this.isBusy() || !stale.hidden) return;
    if (left <= 0) this.#offer("The words at the end of the statement are too old by now.");
    else if (left < NEARLY_MS) this.#offer(`The words at the end of the statement are good for ${minutes} more minute${minutes === 1 ? "" : "s"} only.`);
  }

  #offer(said) {
    this.#parts.staleWords.textContent = said;
    this.#parts.stale.hidden = false;
  }

  #recalled() {
    try {
      const known = JSON.parse(localStorage.getItem(KEY + this.#link));
      return known && Date.parse(known.expires_at) - Date.now() > NEARLY_MS ? known : null;
    } catch {
      return null;
    }
  }

  #remember(statement) {
    try {
      if (statement) localStorage.setItem(KEY + this.#link, JSON.stringify(statement));
      else localStorage.removeItem(KEY + this.#link);
    } catch {
      // Then a reload shows other words.
    }
  }
}
