// The city in three dimensions: land, rivers and columns as a picture (painter.js); names and lights are text and
// nodes over it. The camera never moves, so there is nothing to draw while nothing changes.

import { Rows, el, hide, property, say } from "./dom.js";
import { covered, fitted } from "./camera.js";
import { colours, editions, rivers } from "./land.js";
import { painter } from "./painter.js";

// From further away than deck's own 1.5 screen heights columns lean less.
const LENS = { bearing: -5, altitude: 4 };
const LAND_M = 5000;
const RISE_M = 6000;
const RIVER_M = 8200;
const COLUMN_M = 34000;
const SPOT_RISE_M = 9000;
const BELOW = 15; // a name stands a little below its place, where its column or light begins

const unit = () => Math.min(innerWidth / 1920, innerHeight / 1080);

/** deck.gl's layers for a block: land in relief, its borders, rivers, columns. */
function layers(land, water, block, spot) {
  const { ColumnLayer, GeoJsonLayer, PathLayer } = window.deck;
  const c = colours();
  const value = new Map(block.districts.map(([code, v]) => [code, v]));
  const signature = JSON.stringify([block.districts.map(([, v]) => v), spot]);
  const rise = (code) => LAND_M + RISE_M * (value.get(code) ?? 0) + (code === spot ? SPOT_RISE_M : 0);
  const fill = (code) => (!spot ? c.ramp(value.get(code) ?? 0) : code === spot ? c.spot : c.asleep);
  const line = { widthUnits: "pixels", widthScale: unit(), capRounded: true, jointRounded: true };
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
      getColor: (d) => (d.adcode === spot ? c.spot : c.shore), getWidth: 1,
      updateTriggers: { getPath: signature, getColor: signature },
    }),
    new PathLayer({ id: "glow", data: water, getPath: (d) => d, getColor: c.glow, getWidth: 9, ...line, parameters: over }),
    new PathLayer({ id: "river", data: water, getPath: (d) => d, getColor: c.river, getWidth: 2.2, ...line, parameters: over }),
    new ColumnLayer({
      id: "columns", data: block.columns, getPosition: (d) => [d[0], d[1], LAND_M + RISE_M], radius: 1250,
      diskResolution: 12, extruded: true, getElevation: (d) => d[2] * COLUMN_M, getFillColor: c.column,
      material: { ambient: 1, diffuse: 0.25 },
    }),
  ];
}

/** Names that do not cover each other: the one in the spotlight, then the largest districts. */
function written(labels, spot, at, box) {
  const taken = [];
  const order = [...labels].sort((a, b) => (b.adcode === spot) - (a.adcode === spot) || b.area - a.area);
  for (const label of order) {
    const [x, middle] = at(label.at[0], label.at[1], LAND_M + RISE_M);
    const y = middle + BELOW * unit();
    const size = unit() * (label.adcode === spot ? 30 : 22);
    const half = (size * label.short.length) / 2;
    const rect = { left: x - half, right: x + half, top: y - size * 0.6, bottom: y + size * 0.6 };
    const isInside = rect.left > 0 && rect.right < box.clientWidth && rect.top > 0 && rect.bottom < box.clientHeight;
    if (isInside && !covered(rect, taken, 3 * unit())) taken.push({ ...rect, key: label.adcode, x, y, short: label.short });
  }
  return taken;
}

export function map(root, { isOn }) {
  const box = el("div", "canvas", root);
  const target = el("canvas", "", box);
  const names = new Rows(el("div", "names", root), () => ({ node: el("span") }));
  const lights = new Rows(el("div", "names lights", root), () => ({ node: el("i", "light") }));
  const below = el("div", "below", root);
  const scale = el("span", "scale", below);
  const [less, , more] = [el("span", "", scale), el("i", "", scale), el("span", "", scale)];
  const legend = el("span", "", below);
  const time = el("time", "", below);
  const card = el("div", "spot", root);
  const [cardName, cardWords] = [el("b", "", card), el("span", "", card)];
  const me = {};
  let block = null;
  let spot = null;
  let seen = ""; // what the picture shows now

  function place(row, x, y) {
    property(row.node, "left", `${x.toFixed(1)}px`);
    property(row.node, "top", `${y.toFixed(1)}px`);
  }

  function writeOver(land, at) {
    names.update(block.quiet ? [] : written(land.labels, spot, at, box), (row, item) => {
      say(row.node, item.short);
      row.node.classList.toggle("is-spot", item.key === spot);
      place(row, item.x, item.y);
    });
    const points = block.points.map(([key, lon, lat, full, size]) => ({ key, lon, lat, full: full ?? 0.2, size }));
    lights.update(points, (row, item) => {
      place(row, ...at(item.lon, item.lat, LAND_M + RISE_M));
      property(row.node, "--size", item.size);
      property(row.node, "--full", item.full);
      property(row.node, "--breath", `${(5.5 - 2.5 * item.full).toFixed(1)}s`);
    });
    const found = spot && block.districts.find(([code, , words]) => code === spot && words);
    card.classList.toggle("is-on", Boolean(found));
    if (found) {
      say(cardName, land.labels.find((label) => label.adcode === spot)?.short);
      say(cardWords, found[2]);
    }
  }

  async function draw() {
    if (!window.deck) await new Promise((done) => addEventListener("deck-is-here", done, { once: true }));
    const [land, water] = await Promise.all([editions(block.edition), rivers(RIVER_M)]);
    const [width, height] = [Math.max(2, box.clientWidth), Math.max(2, box.clientHeight)];
    const viewport = fitted(width, height, LENS, LAND_M + RISE_M);
    writeOver(land, (lon, lat, metres) => viewport.project([lon, lat, metres]));
    const wanted = JSON.stringify([width, height, block.edition, block.districts.map(([, v]) => v), block.columns, spot]);
    if (wanted === seen) return; // e.g. only a light has changed
    seen = wanted;
    const { longitude, latitude, zoom, pitch, bearing } = viewport;
    const drawn = block;
    painter.ask(me, { target, width, height, altitude: LENS.altitude, view: { longitude, latitude, zoom, pitch, bearing }, layers: () => layers(land, water, drawn, spot), isOn });
  }

  const drawSafely = () => draw().catch((error) => {
    seen = ""; // tried again with the next change
    console.warn("wall: map", error);
  });

  return {
    update(next) {
      block = next;
      say(legend, block.legend);
      say(time, block.as_of);
      say(less, block.scale[0]);
      say(more, block.scale[1]);
      hide(scale, block.scale.length === 0);
      hide(below, block.quiet);
      root.classList.toggle("quiet", block.quiet);
      drawSafely();
    },
    resize: () => block && drawSafely(),
    tell(what, value) {
      if (what !== "spotlight") return;
      spot = value;
      if (block) drawSafely();
    },
  };
}
