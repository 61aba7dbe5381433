// The server's clock in the browser. The browser's own clock may be wrong or stepped:
// only the time since the page was opened (which never steps) is taken from it.

const KEPT = 24;
const STEP_MS = 250;
const AGREEING = 6; // messages in a row that are believed against all before them

export class Clock {
  constructor() {
    this.samples = [];
    this.offset = Date.now() - performance.now();
    this.isSet = false;
  }

  /**
   * A message that the server wrote at `serverMs` has just arrived.
   *
   * Being late, on the line or behind a busy page, only ever makes the server's clock look slow. So one message from
   * far ahead is a step of that clock; some from far behind are a step only when they agree with each other.
   */
  heard(serverMs) {
    const sample = serverMs - performance.now();
    this.samples.push(sample);
    const last = this.samples.slice(-AGREEING);
    const isBehind = Math.max(...last) < this.offset - STEP_MS && Math.max(...last) - Math.min(...last) < STEP_MS;
    if (!this.isSet || sample > this.offset + STEP_MS) this.samples = [sample];
    else if (last.length === AGREEING && isBehind) this.samples = last;
    else if (this.samples.length > KEPT) this.samples.shift();
    this.offset = Math.max(...this.samples);
    this.isSet = true;
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
