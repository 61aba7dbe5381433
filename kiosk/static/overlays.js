// What the server's state says beside the scenes: message, emergency, dim and dark, the age of the data.

import { ageWords, dayWords, momentWords, timeWords } from "./clock.js";
import { el, hide, say } from "./dom.js";

const OLD_MS = 15_000;
const byId = (id) => document.getElementById(id);

export class Overlays {
  constructor(clock) {
    this.clock = clock;
    this.html = document.documentElement;
    this.nodes = Object.fromEntries(["message", "emergency", "emergency-text", "day", "time", "age", "dots"].map((id) => [id, byId(id)]));
  }

  /** What holds until its `until_ms`, also on a wall that has lost its server. */
  valid(entry) {
    return entry && (!entry.until_ms || entry.until_ms > this.clock.now()) ? entry : null;
  }

  update(state) {
    const { message, emergency, "emergency-text": words } = this.nodes;
    const said = this.valid(state.message);
    if (said) {
      say(message, said.text);
      message.classList.toggle("is-long", said.text.length > 36);
    }
    message.classList.toggle("is-on", Boolean(said));
    const alarm = this.valid(state.emergency);
    if (alarm) {
      say(words, alarm.text);
      emergency.classList.toggle("is-long", alarm.text.length > 60);
    }
    emergency.classList.toggle("is-on", Boolean(alarm));
    const mode = alarm ? "emergency" : state.mode ?? "lit";
    if (this.html.dataset.state !== mode) this.html.dataset.state = mode;
    return { message: said, emergency: alarm, mode };
  }

  tick(state, isLive) {
    const now = this.clock.now();
    say(this.nodes.day, dayWords(now));
    say(this.nodes.time, timeWords(now));
    const written = state.written_at_ms;
    const isOld = Boolean(written) && (state.stale || !isLive) && now - written > OLD_MS / 2;
    this.html.dataset.age = isOld ? "old" : "fresh";
    if (!written) say(this.nodes.age, "");
    else say(this.nodes.age, `数据截至 ${momentWords(written, now)}${isOld ? `（${ageWords(now - written)}）` : ""}`);
  }

  dots(order, leading) {
    const list = this.nodes.dots;
    while (list.children.length > order.length) list.lastChild.remove();
    order.forEach((entry, i) => (list.children[i] ?? el("li", "", list)).classList.toggle("is-on", entry.key === leading));
    hide(list, order.length < 2 || !order.some((entry) => entry.key === leading));
  }
}
