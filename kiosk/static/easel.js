// deck.gl in a thread of its own: it is asked for a picture of the city and answers with one. Reading four megabytes of
// script, cutting the land into triangles and waiting for a graphics driver never hold up the wall's own thread.

import { editions, rivers } from "./land.js";
import { BASE_M, COLUMN_M, COLUMN_RADIUS_M, RIVER_M, relief } from "./relief.js";

const SETTLED_MS = 60;
const LONGEST_MS = 20_000;
const frame = () => new Promise((done) => setTimeout(done, 16));

/** pydeck's deck.gl comes with libraries that look for a page when they are loaded; none of them is used. */
function page() {
  const nothing = (known = {}) => new Proxy(function () {}, {
    get: (_, name) => {
      if (name in known) return known[name];
      if (name === Symbol.toPrimitive) return () => "";
      if (name === Symbol.iterator) return function* () {};
      return name === "then" ? undefined : name === "length" ? 0 : nothing();
    },
    set: () => true, apply: () => nothing(), construct: () => nothing(), has: () => true,
  });
  self.window = self;
  for (const name of ["Element", "HTMLElement", "Node", "HTMLCanvasElement", "HTMLImageElement", "HTMLVideoElement", "Document"]) self[name] ??= class {};
  self.document = nothing({ readyState: "complete", nodeType: 9 });
}

/** Land in relief, its borders, rivers, columns. */
function layers(land, water, job) {
  const { ColumnLayer, GeoJsonLayer, PathLayer } = self.deck;
  const { colours, spot, unit } = job;
  const { rise, fill, shore } = relief(job);
  const signature = JSON.stringify([job.districts, spot]);
  const line = { widthUnits: "pixels", widthScale: unit, capRounded: true, jointRounded: true };
  const over = { depthCompare: "always", depthWriteEnabled: false };
  return [
    new GeoJsonLayer({
      id: "land", data: land.shapes, extruded: true, filled: true, stroked: true, wireframe: false,
      getElevation: (f) => rise(f.properties.adcode), getFillColor: (f) => fill(f.properties.adcode),
      material: { ambient: 0.72, diffuse: 0.45, shininess: 12, specularColor: [20, 40, 60] },
      updateTriggers: { getElevation: signature, getFillColor: signature },
    }),
    new PathLayer({
      id: "shore", data: land.outlines, getPath: (d) => d.path.map(([x, y]) => [x, y, rise(d.adcode) + 40]), ...line,
      getColor: (d) => shore(d.adcode), getWidth: 1, updateTriggers: { getPath: signature, getColor: signature },
    }),
    new PathLayer({ id: "glow", data: water, getPath: (d) => d, getColor: colours.glow, getWidth: 9, ...line, parameters: over }),
    new PathLayer({ id: "river", data: water, getPath: (d) => d, getColor: colours.river, getWidth: 2.2, ...line, parameters: over }),
    new ColumnLayer({
      id: "columns", data: job.columns, getPosition: (d) => [d[0], d[1], BASE_M], radius: COLUMN_RADIUS_M,
      diskResolution: 12, extruded: true, getElevation: (d) => d[2] * COLUMN_M, getFillColor: colours.column,
      material: { ambient: 1, diffuse: 0.25 },
    }),
  ];
}

class Easel {
  /** The one WebGL context; its canvas is as large as the picture that was asked for last. */
  async open(width, height) {
    const { AmbientLight, Deck, DirectionalLight, LightingEffect } = self.deck;
    this.canvas = new OffscreenCanvas(width, height);
    // What deck.gl asks of an element of a page.
    Object.assign(this.canvas, { style: {}, getBoundingClientRect: () => ({ left: 0, top: 0, width: this.canvas.width, height: this.canvas.height }) });
    for (const [name, size] of [["clientWidth", "width"], ["clientHeight", "height"]]) {
      Object.defineProperty(this.canvas, name, { get: () => this.canvas[size] });
    }
    const light = new LightingEffect({
      ambient: new AmbientLight({ intensity: 0.82 }),
      sun: new DirectionalLight({ direction: [-2, -3, -4], intensity: 0.9 }),
    });
    this.canvas.addEventListener("webglcontextlost", () => postMessage({ error: "the graphics driver was lost" }));
    await new Promise((done, failed) => {
      this.deck = new Deck({
        canvas: this.canvas, width, height, controller: false, effects: [light], layers: [], useDevicePixels: false,
        deviceProps: { webgl: { preserveDrawingBuffer: true } }, // taken later than drawn
        initialViewState: { longitude: 107.8, latitude: 30, zoom: 6 }, onLoad: done,
        onAfterRender: () => { this.lastDrawn = performance.now(); },
        onError: failed,
      });
    });
  }

  /** A canvas that is in no page is watched by nobody: deck.gl is told of its size as an observer of the page would tell it. */
  resize(width, height) {
    const context = this.deck.device.getDefaultCanvasContext();
    if (context.cssWidth === width && context.cssHeight === height) return;
    Object.assign(context, { cssWidth: width, cssHeight: height, devicePixelWidth: width, devicePixelHeight: height });
    context.setDrawingBufferSize(width, height);
    this.deck.device.props.onResize(context, {});
    if (this.deck.width !== width || this.deck.height !== height) throw new Error("deck.gl does not follow its canvas's size");
  }

  async paint(job) {
    const { width, height } = job;
    const [land, water] = await Promise.all([editions(job.edition), rivers(RIVER_M)]);
    if (!this.deck) await this.open(width, height);
    const { deck, canvas } = this;
    const loop = deck.animationLoop;
    this.resize(width, height);
    loop.start();
    deck.setProps({
      width, height, views: new self.deck.MapView({ id: "city", repeat: false, altitude: job.altitude }),
      viewState: job.view, layers: layers(land, water, job),
    });
    // deck takes new layers up in its loop's next frame; drawn before that, they would be the last job's.
    await frame();
    await frame();
    this.lastDrawn = Infinity;
    deck.redraw("asked");
    const from = performance.now();
    const isSettled = () => this.lastDrawn !== Infinity && performance.now() - this.lastDrawn > SETTLED_MS && !deck.needsRedraw({ clearRedrawFlags: false });
    while (!isSettled() && performance.now() - from < LONGEST_MS) await frame();
    loop.stop();
    // Until the driver is done: whoever copies the picture earlier waits for it.
    deck.device.gl.readPixels(0, 0, 1, 1, deck.device.gl.RGBA, deck.device.gl.UNSIGNED_BYTE, new Uint8Array(4));
    return canvas.transferToImageBitmap();
  }
}

const easel = new Easel();
let ready = null;

async function load() {
  page();
  await import("./deck.js");
}

onmessage = async ({ data: job }) => {
  try {
    await (ready ??= load());
    const picture = await easel.paint(job);
    postMessage({ picture }, [picture]);
  } catch (error) {
    postMessage({ error: String(error?.message ?? error).slice(0, 200) });
  }
};
