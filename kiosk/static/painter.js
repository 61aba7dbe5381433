// Every map's picture, one after the other, from one deck.gl in a thread of its own (easel.js): one WebGL context, no
// loop while nothing moves, the land cut into triangles once, and a map that keeps its picture even when the graphics
// driver is lost.

const LONGEST_MS = 60_000; // a machine without a graphics card, and busy
const LONGEST_PAUSE_MS = 600_000; // between attempts without a graphics driver, each of which reads deck.gl anew
const CLEAR_MS = 800; // before scenes change no picture is begun: where there is no graphics card it takes both cores
const SETTLED_MS = 60;
const AFTER_MS = 250; // maps that nobody sees wait for those that somebody sees
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Painter {
  constructor() {
    this.jobs = new Map();
    this.isBusy = false;
    this.failures = 0;
    this.switchAt = Infinity;
    this.allowed = new Promise((done) => { this.begin = done; });
  }

  /** Whether pictures come: where they do not, a map draws itself (ground.js). */
  get isAway() {
    return this.failures > 0;
  }

  /** The scenes change in `ms`. */
  restsBefore(ms) {
    this.switchAt = performance.now() + ms;
  }

  /**
   * Asks for a picture; a later request of the same owner takes the place of one that still waits.
   *
   * @param {object} owner
   * @param {{isOn: Function, take: Function, job: object}} asked `job` as easel.js wants it; `take` is given the picture.
   */
  ask(owner, asked) {
    this.jobs.set(owner, asked);
    if (!this.isBusy) this.run();
  }

  async run() {
    this.isBusy = true;
    await this.allowed; // the first picture of the page comes before the first one of deck.gl
    await pause(0); // scenes are put on after they have been written
    while (this.jobs.size) {
      const left = this.switchAt - performance.now();
      if (left > 0 && left < CLEAR_MS) await pause(left + SETTLED_MS);
      const waiting = [...this.jobs];
      const seen = waiting.find(([, asked]) => asked.isOn());
      if (!seen) {
        await pause(AFTER_MS);
        if ([...this.jobs.values()].some((asked) => asked.isOn())) continue;
      }
      const [owner, asked] = seen ?? waiting[0];
      if (this.jobs.get(owner) === asked) this.jobs.delete(owner);
      try {
        const picture = await this.painted(asked.job);
        asked.take(picture);
        picture.close();
        this.failures = 0;
      } catch (error) {
        console.warn("wall: a map could not be drawn", error);
        this.close();
        if (!this.jobs.has(owner)) this.jobs.set(owner, asked);
        await pause(Math.min(LONGEST_PAUSE_MS, 1000 * 4 ** this.failures++));
      }
    }
    this.isBusy = false;
  }

  /** The picture of one job; an error where the thread or its driver fails, or says nothing for a minute. */
  async painted(job) {
    const easel = (this.easel ??= new Worker("./easel.js", { type: "module" }));
    let timer;
    try {
      return await new Promise((done, failed) => {
        timer = setTimeout(() => failed(new Error("no picture came")), LONGEST_MS);
        easel.onerror = (event) => failed(new Error(event.message || "the thread has ended"));
        easel.onmessage = ({ data }) => (data.picture ? done(data.picture) : failed(new Error(data.error)));
        easel.postMessage(job);
      });
    } finally {
      clearTimeout(timer);
      easel.onerror = easel.onmessage = () => this.close(); // a driver that is lost between two pictures
    }
  }

  close() {
    this.easel?.terminate();
    this.easel = null;
  }
}

export const painter = new Painter();
