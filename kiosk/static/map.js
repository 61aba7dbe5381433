// The city in three dimensions: land, rivers and columns as a picture, drawn at once (ground.js) and then by deck.gl
// (painter.js); names and lights are text and nodes over it. The camera never moves, so there is nothing to draw while nothing changes.

import { Rows, el, hide, property, say } from "./dom.js";
import { Camera, fitted } from "./camera.js";
import { ground } from "./ground.js";
import { colours, editions, rivers } from "./land.js";
import { named } from "./names.js";
import { painter } from "./painter.js";
import { BASE_M, LAND_M, LENS, RISE_M, RIVER_M } from "./relief.js";

const unit = () => Math.min(innerWidth / 1920, innerHeight / 1080);

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
  let thought = { key: "", names: [] };
  let asked = ""; // what the picture shows, or will as soon as it is drawn
  let size = ""; // of the picture, in its own pixels
  let shows = ""; // size and spotlight of what has been drawn at once
  let owed = null; // what is to be drawn at once, of a map that nobody sees yet

  function place(row, x, y) {
    property(row.node, "left", `${x.toFixed(1)}px`);
    property(row.node, "top", `${y.toFixed(1)}px`);
  }

  /** The names' places, thought out anew only when something else stands somewhere else. */
  function placed(land, water, at) {
    const [width, height] = [box.clientWidth, box.clientHeight];
    const places = [block.columns.map((one) => one.slice(0, 2)), block.points.map((one) => one.slice(1, 3))];
    const key = JSON.stringify([width, height, spot, block.edition, places]);
    if (key !== thought.key) thought = { key, names: named(land, water, block, at, { width, height, unit: unit(), spot }) };
    return thought.names;
  }

  function writeOver(land, water, at) {
    names.update(block.quiet ? [] : placed(land, water, at), (row, item) => {
      say(row.node, item.short);
      row.node.classList.toggle("is-spot", item.key === spot);
      place(row, item.x, item.y);
    });
    const points = block.points.map(([key, lon, lat, full, size]) => ({ key, lon, lat, full: full ?? 0.2, size }));
    lights.update(points, (row, item) => {
      place(row, ...at(item.lon, item.lat, BASE_M));
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
    const [land, water] = await Promise.all([editions(block.edition), rivers(RIVER_M)]);
    const [wide, high] = [Math.max(2, box.clientWidth), Math.max(2, box.clientHeight)];
    const camera = fitted(wide, high, LENS, LAND_M + RISE_M);
    writeOver(land, water, (lon, lat, metres) => camera.project(lon, lat, metres));
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    const { longitude, latitude, pitch, bearing, altitude } = camera;
    const view = { longitude, latitude, pitch, bearing, zoom: camera.zoom + Math.log2(ratio) };
    const districts = block.districts.map(([code, value]) => [code, value]);
    const job = { width, height, altitude, view, edition: block.edition, districts, columns: block.columns, spot, unit: unit() * ratio, colours: colours() };
    const wanted = JSON.stringify(job);
    if (wanted === asked) return; // e.g. only a light has changed
    asked = wanted;
    size = `${width}x${height}`;
    if (shows !== `${size} ${spot}` || painter.isAway) {
      shows = `${size} ${spot}`; // at once: another size, and what the guide points at
      owed = () => ground(target, land, water, new Camera({ ...view, altitude, width, height }), job);
      if (isOn()) pay();
      else requestIdleCallback(pay); // many maps nobody sees yet do not hold up the one that is seen
    }
    painter.ask(me, { job, isOn, take });
  }

  /** Draws what is still owed of the first picture; nothing where deck.gl's has come meanwhile. */
  function pay() {
    const draws = owed;
    owed = null;
    draws?.();
  }

  function take(picture) {
    if (size !== `${picture.width}x${picture.height}`) return; // the wall has another size meanwhile
    owed = null;
    if (target.width !== picture.width) target.width = picture.width;
    if (target.height !== picture.height) target.height = picture.height;
    const context = target.getContext("2d");
    context.clearRect(0, 0, picture.width, picture.height);
    context.drawImage(picture, 0, 0);
    target.dataset.drawn = "1";
  }

  const drawSafely = () => draw().catch((error) => {
    asked = ""; // tried again with the next change
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
    shown: pay,
    tell(what, value) {
      if (what !== "spotlight") return;
      spot = value;
      if (block) drawSafely();
    },
  };
}
