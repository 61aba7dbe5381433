// One deck.gl for every map of the wall. It draws a picture when one is asked for, the picture is copied into the
// map's own canvas, and deck goes back to sleep: one WebGL context, no loop while nothing moves, the land cut into
// triangles once, and a map that keeps its picture even when the graphics driver is lost.

const SETTLED_MS = 60;
const LONGEST_MS = 20_000;
const LONGEST_PAUSE_MS = 60_000; // between attempts without a graphics driver
const CLEAR_MS = 800; // before scenes change no picture is begun: without a graphics card one takes that long
const AFTER_MS = 250; // maps that nobody sees wait for those that somebody sees
const frame = () => new Promise((done) => requestAnimationFrame(done));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Painter {
  constructor() {
    this.jobs = new Map();
    this.isBusy = false;
    this.lastDrawn = 0;
    this.failures = 0;
    this.switchAt = Infinity;
  }

  /** The scenes change in `ms`. */
  restsBefore(ms) {
    this.switchAt = performance.now() + ms;
  }

  /**
   * Asks for a picture; a later request of the same owner takes the place of one that still waits.
   *
   * @param {object} owner
   * @param {{target: HTMLCanvasElement, width: number, height: number, altitude: number, view: object, layers: Function, isOn: Function}} job
   */
  ask(owner, job) {
    this.jobs.set(owner, job);
    if (!this.isBusy) this.run();
  }

  async run() {
    this.isBusy = true;
    await pause(0); // scenes are put on after they have been written
    while (this.jobs.size) {
      const left = this.switchAt - performance.now();
      if (left > 0 && left < CLEAR_MS) await pause(left + SETTLED_MS);
      const waiting = [...this.jobs];
      const seen = waiting.find(([, job]) => job.isOn());
      if (!seen) {
        await pause(AFTER_MS);
        if ([...this.jobs.values()].some((job) => job.isOn())) continue;
      }
      const [owner, job] = seen ?? waiting[0];
      if (this.jobs.get(owner) === job) this.jobs.delete(owner);
      try {
        await this.paint(job);
        this.failures = 0;
      } catch (error) {
        console.warn("wall: a map could not be drawn", error);
        this.close();
        if (!this.jobs.has(owner)) this.jobs.set(owner, job);
        await pause(Math.min(LONGEST_PAUSE_MS, 1000 * 4 ** this.failures++));
      }
    }
    this.isBusy = false;
  }

  async open() {
    if (!window.deck) await new Promise((done) => addEventListener("deck-is-here", done, { once: true }));
    if (this.deck) return;
    const { AmbientLight, Deck, DirectionalLight, LightingEffect } = window.deck;
    this.box = document.createElement("div");
    this.box.className = "painter";
    document.body.append(this.box);
    const light = new LightingEffect({
      ambient: new AmbientLight({ intensity: 0.82 }),
      sun: new DirectionalLight({ direction: [-2, -3, -4], intensity: 0.9 }),
    });
    await new Promise((done, failed) => {
      this.deck = new Deck({
        parent: this.box, width: "100%", height: "100%", controller: false, effects: [light], layers: [],
        deviceProps: { webgl: { preserveDrawingBuffer: true } }, // copied later than drawn
        initialViewState: { longitude: 107.8, latitude: 30, zoom: 6 }, useDevicePixels: true,
        onAfterRender: () => this.drawn(), onLoad: done,
        onError: (error) => (this.deck?.isInitialized ? console.warn("wall: map", error) : failed(error)),
      });
    });
    this.canvas = this.box.querySelector("canvas");
    this.canvas.addEventListener("webglcontextlost", () => this.close());
  }

  close() {
    this.deck?.finalize();
    this.box?.remove();
    this.deck = null;
  }

  drawn() {
    this.lastDrawn = performance.now();
  }

  async paint(job) {
    await this.open();
    const { width, height } = job;
    const deck = this.deck;
    const loop = deck.animationLoop;
    this.box.style.width = `${width}px`;
    this.box.style.height = `${height}px`;
    loop.start();
    const begun = performance.now();
    while ((deck.width !== width || deck.height !== height) && performance.now() - begun < LONGEST_MS) await frame();
    deck.setProps({
      views: new window.deck.MapView({ id: "city", repeat: false, altitude: job.altitude }),
      viewState: job.view,
      layers: job.layers(),
    });
    // deck takes new layers up in its loop's next frame; drawn before that, they would be the last job's.
    await frame();
    await frame();
    this.lastDrawn = Infinity;
    deck.redraw("asked");
    await frame();
    const from = performance.now();
    const isSettled = () => this.lastDrawn !== Infinity && performance.now() - this.lastDrawn > SETTLED_MS && !deck.needsRedraw({ clearRedrawFlags: false });
    while (!isSettled() && performance.now() - from < LONGEST_MS) await frame();
    loop.stop();
    await this.finished(deck.device.gl);
    this.take(job);
  }

  /** Until the graphics driver is done: a copy asked for earlier would hold up the page, scene changes and all. */
  async finished(gl) {
    const begun = performance.now();
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED && performance.now() - begun < LONGEST_MS) await frame();
    gl.deleteSync(fence);
  }

  take({ target }) {
    const { width, height } = this.canvas;
    if (target.width !== width) target.width = width;
    if (target.height !== height) target.height = height;
    const context = target.getContext("2d");
    context.clearRect(0, 0, width, height);
    context.drawImage(this.canvas, 0, 0);
    target.dataset.drawn = "1";
  }
}

export const painter = new Painter();
