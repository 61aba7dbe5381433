// Which scenes are on, from the server's clock alone: every wall comes to the same answer at the same moment.

/** Scenes of a playlist that this wall can draw; the anchor's rhythm is kept by the whole list. */
function position(state, nowMs) {
  const order = state.order;
  const lengths = order.map((entry) => Math.max(1, entry.seconds) * 1000);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const since = nowMs - state.anchor_ms;
  const cycle = Math.floor(since / whole);
  let rest = since - cycle * whole;
  let index = 0;
  while (rest >= lengths[index]) rest -= lengths[index++];
  return { count: cycle * order.length + index, index, next: nowMs - rest + lengths[index] };
}

const modulo = (a, n) => ((a % n) + n) % n;

/**
 * What stands on which panel.
 *
 * On several panels one changes at a time: at the k-th switch panel k mod n takes the next scene,
 * so a scene stands n times as long and never moves while it is seen.
 *
 * @returns {{shown: {key: string, panel: number}[], leading: string, next: number|null}} next: ms of the server's clock.
 */
export function plan(state, nowMs, panels, has) {
  if (state.welcome && has("welcome")) return { shown: [{ key: "welcome", panel: 0, wide: true }], leading: "welcome", next: null };
  const order = (state.order ?? []).filter((entry) => has(entry.key));
  const pinned = state.pinned && has(state.pinned) ? state.pinned : null;
  if (!order.length && !pinned) return { shown: [], leading: "", next: null };
  const known = { ...state, order };
  const here = order.length ? position(known, nowMs) : { count: 0, index: 0, next: null };
  const seen = Math.min(panels, Math.max(1, order.length));
  const shown = [];
  if (pinned) {
    const at = order.findIndex((entry) => entry.key === pinned);
    const rest = order.filter((entry) => entry.key !== pinned);
    shown.push({ key: pinned, panel: 0 });
    for (let j = 1; j < Math.min(panels, rest.length + 1); j++) {
      shown.push({ key: rest[modulo(Math.max(0, at) + j - 1, rest.length)].key, panel: j });
    }
    return { shown, leading: pinned, next: null };
  }
  for (let j = 0; j < seen; j++) {
    const k = here.count - j;
    shown.push({ key: order[modulo(k, order.length)].key, panel: modulo(k, seen) });
  }
  return { shown, leading: order[here.index].key, next: order.length > 1 ? here.next : null };
}
