// The server's clock in the browser. The browser's own clock may be wrong or stepped:
// only the time since the page was opened (which never steps) is taken from it.

const KEPT = 24;
const STEP_MS = 250;

export class Clock {
  constructor() {
    this.samples = [];
    this.offset = Date.now() - performance.now();
    this.isSet = false;
  }

  /** A message that the server wrote at `serverMs` has just arrived. */
  heard(serverMs) {
    const sample = serverMs - performance.now();
    // A step of the server's clock: all that was known before is wrong.
    if (this.isSet && Math.abs(sample - this.offset) > STEP_MS && ++this.odd >= 2) this.samples = [];
    else if (this.isSet && Math.abs(sample - this.offset) <= STEP_MS) this.odd = 0;
    this.samples.push(sample);
    if (this.samples.length > KEPT) this.samples.shift();
    if (this.isSet && this.odd === 1) return;
    // What travelled least was delayed least.
    this.offset = Math.max(...this.samples.filter((s) => Math.abs(s - sample) <= STEP_MS));
    this.isSet = true;
    this.odd = 0;
  }

  now() {
    return performance.now() + this.offset;
  }
}

const WRITERS = {
  day: new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric" }),
  weekday: new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", weekday: "long" }),
  time: new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  second: new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  long: new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
};

export const dayWords = (ms) => `${WRITERS.day.format(ms)}　${WRITERS.weekday.format(ms)}`;
export const timeWords = (ms) => WRITERS.time.format(ms);

/** `14:32:05` of the same day, otherwise with its date. */
export function momentWords(ms, nowMs) {
  const isToday = WRITERS.day.format(ms) === WRITERS.day.format(nowMs);
  return isToday ? WRITERS.second.format(ms) : WRITERS.long.format(ms);
}

export function ageWords(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 90) return `${seconds} 秒前`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} 分钟前`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} 小时前`;
  return `${Math.round(seconds / 86400)} 天前`;
}
