// A draft is worked on in one tab: a copy of the tab has a copy of the draft, and gives way to the one that was there first.

const CHANNEL = "countenance.new";
const ANSWERED_WITHIN_MS = 250;

/**
 * Take a draft for this tab.
 * @param {string} id of the draft
 * @param {boolean} is_new whether nobody else can have it
 * @param {() => void} give_way called if it turns out later that another tab was first
 * @returns {Promise<boolean>} whether it is this tab's; from then on others that come with the same one are told
 */
export function claim(id, is_new, give_way) {
  if (!window.BroadcastChannel) return Promise.resolve(true);
  const channel = new BroadcastChannel(CHANNEL);
  const turn = Math.random(); // of tabs that come at once, as when a browser is started again, the lowest is first
  let state = is_new ? "mine" : "asking";
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data.id !== id || state === "lost") return;
      if (!data.is_mine && state === "mine") return void channel.postMessage({ id, is_mine: true });
      // Who asks at the same time is told the turn alone: neither has it yet, and a third one may be first.
      if (!data.is_mine && data.turn > turn) return void channel.postMessage({ id, turn });
      const was_mine = state === "mine";
      state = "lost";
      if (was_mine) give_way();
      else resolve(false);
    };
    if (is_new) return void resolve(true);
    channel.postMessage({ id, turn });
    setTimeout(() => {
      if (state !== "asking") return;
      state = "mine";
      resolve(true);
    }, ANSWERED_WITHIN_MS);
  });
}
