// The city in three dimensions: deck.gl draws land, rivers and columns; names and lights are text and nodes
// over it. The camera never moves, so nothing is drawn while nothing changes: deck's loop is stopped.

import { el, hide, property, say } from "./dom.js";
import { covered, fitted } from "./camera.js";
import { colours, editions, rivers } from "./land.js";

const PITCH = 40;
const BEARING = -5;
const LAND_M = 5000;
const RISE_M = 6000;
const RIVER_M = 8200;
const COLUMN_M = 34000;
const QUIET_MS = 400;
const SPOT_RISE_M = 9000;
const BETWEEN_MS = 700;

let queue = Promise.resolve();

/** One map begins after the other: the one on the wall at once, the hidden ones while nobody waits for them. */
async function turn(isOn) {
  if (isOn()) return;
  const before = queue;
  queue = before.then(() => new Promise((done) => setTimeout(done, BETWEEN_MS)));
  await before;
  await new Promise((done) => setTimeout(done, BETWEEN_MS));
}

class City {
  constructor(box, isOn) {
    this.box = box;
    this.isOn = isOn;
    this.lastDrawn = 0;

  }

  async start() {
    await turn(this.isOn);
    if (!window.deck) await new Promise((done) => addEventListener("deck-is-here", done, { once: true }));
    this.colours = colours();
    const { AmbientLight, Deck, DirectionalLight, LightingEffect, MapView } = window.deck;
    const light = new LightingEffect({
      ambient: new AmbientLight({ intensity: 0.95 }),
      sun: new DirectionalLight({ direction: [-2, -3, -4], intensity: 1.1 }),
    });
    this.deck = new Deck({
      parent: this.box, width: "100%", height: "100%", controller: false, effects: [light], layers: [],
      views: new MapView({ id: "city", repeat: false }), viewState: this.camera(), useDevicePixels: 1,
      onAfterRender: () => { this.lastDrawn = performance.now(); },
      onLoad: () => { this.draw(); },
      onError: (error) => console.warn("wall: map", error),
    });
  }

  camera() {
    const width = Math.max(2, this.box.clientWidth);
    const height = Math.max(2, this.box.clientHeight);
    this.viewport = fitted(width, height, PITCH, BEARING, LAND_M + RISE_M);
    const { longitude, latitude, zoom } = this.viewport;
    return { longitude, latitude, zoom, pitch: PITCH, bearing: BEARING };
  }

  /** Draws once and goes back to sleep. */
  wake() {
    const loop = this.deck?.animationLoop;
    if (!loop || !this.deck.isInitialized) return;
    loop.start();
    clearTimeout(this.sleeper);
    const sleep = () => {
      if (performance.now() - this.lastDrawn > QUIET_MS && !this.deck.needsRedraw({ clearRedrawFlags: false })) loop.stop();
      else this.sleeper = setTimeout(sleep, QUIET_MS);
    };
    this.sleeper = setTimeout(sleep, QUIET_MS);
  }

  set(land, block, spot) {
    this.land = land;
    this.block = block;
    this.spot = spot;
    this.draw();
  }

  resize() {
    if (!this.deck) return;
    this.deck.setProps({ viewState: this.camera() });
    this.wake();
  }

  draw() {
    if (!this.deck?.isInitialized || !this.land || !this.block) return;
    this.deck.setProps({ layers: this.layers() });
    this.wake();
  }

  layers() {
    const { ColumnLayer, GeoJsonLayer, PathLayer } = window.deck;
    const { block, colours: c, spot } = this;
    const value = new Map(block.districts.map(([code, v]) => [code, v]));
    const signature = JSON.stringify([block.districts.map(([, v]) => v), spot]);
    const rise = (code) => LAND_M + RISE_M * (value.get(code) ?? 0) + (code === spot ? SPOT_RISE_M : 0);
    const fill = (code) => {
      if (spot) return code === spot ? c.spot : c.asleep;
      return c.ramp(value.get(code) ?? 0);
    };
    const over = { depthCompare: "always", depthWriteEnabled: false };
    return [
      new GeoJsonLayer({
        id: "land", data: this.land.shapes, extruded: true, filled: true, stroked: true, wireframe: false,
        getElevation: (f) => rise(f.properties.adcode), getFillColor: (f) => fill(f.properties.adcode),
        material: { ambient: 0.72, diffuse: 0.45, shininess: 12, specularColor: [20, 40, 60] },
        updateTriggers: { getElevation: signature, getFillColor: signature },
      }),
      new PathLayer({
        id: "shore", data: this.land.outlines, getPath: (d) => d.path.map(([x, y]) => [x, y, rise(d.adcode) + 40]),
        getColor: (d) => (d.adcode === spot ? c.spot : c.shore), getWidth: 1, widthUnits: "pixels",
        widthScale: this.unit(), updateTriggers: { getPath: signature, getColor: signature },
      }),
      new PathLayer({ id: "river-glow", data: this.rivers, getPath: (d) => d, getColor: c.glow, getWidth: 9, widthUnits: "pixels", widthScale: this.unit(), capRounded: true, jointRounded: true, parameters: over }),
      new PathLayer({ id: "river", data: this.rivers, getPath: (d) => d, getColor: c.river, getWidth: 2.2, widthUnits: "pixels", widthScale: this.unit(), capRounded: true, jointRounded: true, parameters: over }),
      new ColumnLayer({
        id: "columns", data: block.columns, getPosition: (d) => [d[0], d[1], LAND_M + RISE_M], radius: 1250,
        diskResolution: 12, extruded: true, getElevation: (d) => d[2] * COLUMN_M, getFillColor: c.column,
        material: { ambient: 1, diffuse: 0.25 }, updateTriggers: { getPosition: signature },
      }),
    ];
  }

  unit() {
    return Math.min(innerWidth / 1920, innerHeight / 1080);
  }
}

export function map(root, { isOn }) {
  const box = el("div", "canvas", root);
  const names = el("div", "names", root);
  const lights = el("div", "names lights", root);
  const below = el("div", "below", root);
  const scale = el("span", "scale", below);
  const [less, , more] = [el("span", "", scale), el("i", "", scale), el("span", "", scale)];
  const legend = el("span", "", below);
  const time = el("time", "", below);
  const card = el("div", "spot", root);
  const [cardName, cardWords] = [el("b", "", card), el("span", "", card)];
  const city = new City(box, isOn);
  const started = city.start();
  const lightNodes = new Map();
  const state = { block: null, land: null, spot: null };

  const at = (lon, lat, metres) => city.viewport.project([lon, lat, metres]);

  function writeNames() {
    names.replaceChildren();
    if (!state.land || state.block.quiet) return;
    const taken = [];
    const order = [...state.land.labels].sort((a, b) => (b.adcode === state.spot) - (a.adcode === state.spot) || b.area - a.area);
    for (const label of order) {
      const [x, y] = at(label.at[0], label.at[1], LAND_M + RISE_M);
      const node = el("span", label.adcode === state.spot ? "is-spot" : "", names);
      say(node, label.short);
      property(node, "left", `${x.toFixed(1)}px`);
      property(node, "top", `${y.toFixed(1)}px`);
      const size = city.unit() * (label.adcode === state.spot ? 30 : 22);
      const rect = { left: x - (size * label.short.length) / 2, right: x + (size * label.short.length) / 2, top: y - size * 0.6, bottom: y + size * 0.6 };
      const fits = rect.left > 0 && rect.right < box.clientWidth && rect.top > 0 && rect.bottom < box.clientHeight;
      if (!fits || covered(rect, taken, 3 * city.unit())) node.remove();
      else taken.push(rect);
    }
  }

  function writeLights() {
    const wanted = new Set();
    for (const [key, lon, lat, full, size] of state.block.points) {
      wanted.add(key);
      let node = lightNodes.get(key);
      if (!node) lightNodes.set(key, (node = el("i", "light", lights)));
      const [x, y] = at(lon, lat, LAND_M + RISE_M);
      property(node, "left", `${x.toFixed(1)}px`);
      property(node, "top", `${y.toFixed(1)}px`);
      property(node, "--size", size);
      property(node, "--full", full ?? 0.2);
      property(node, "--breath", `${(5.5 - 2.5 * (full ?? 0.2)).toFixed(1)}s`);
    }
    for (const [key, node] of lightNodes) {
      if (!wanted.has(key)) {
        node.remove();
        lightNodes.delete(key);
      }
    }
  }

  function writeCard() {
    const found = state.spot && state.block?.districts.find(([code, , words]) => code === state.spot && words);
    card.classList.toggle("is-on", Boolean(found));
    if (!found) return;
    say(cardName, state.land?.labels.find((label) => label.adcode === state.spot)?.short);
    say(cardWords, found[2]);
  }

  async function arrange() {
    await started;
    city.rivers ??= await rivers(RIVER_M);
    const land = await editions(state.block.edition);
    const isOther = land !== state.land;
    state.land = land;
    city.set(land, state.block, state.spot);
    if (isOther) writeNames();
    writeLights();
    writeCard();
  }

  return {
    update(block) {
      state.block = block;
      say(legend, block.legend);
      say(time, block.as_of);
      say(less, block.scale[0]);
      say(more, block.scale[1]);
      hide(scale, block.scale.length === 0);
      hide(below, Boolean(block.quiet));
      arrange();
    },
    shown: () => city.wake(),
    resize() {
      city.resize();
      if (city.viewport && state.land) {
        writeNames();
        writeLights();
        city.draw();
      }
    },
    tell(what, value) {
      if (what !== "spotlight") return;
      state.spot = value;
      if (!state.block) return;
      arrange().then(writeNames);
    },
  };
}
