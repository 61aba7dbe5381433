// Where the names of the districts stand: clear of columns and lights, of the rivers where that can be, and never on
// each other. Only places count, not how full a venue is: a name does not move when a figure changes.

import { covered } from "./camera.js";
import { BASE_M, COLUMN_M, LAND_M, RISE_M } from "./relief.js";

const SIZE = 20;
const SPOT_SIZE = 28;
const GAP = 4;
const BELOW = 15; // a name stands a little below its place, where its column or light begins
const STEP = 8;
const NEAR = 160; // further from its place no name reaches
const STEPS = 5; // to each side, where something is in the way
const ROOMY_KM2 = 1000; // a smaller district's name stands at its place and clear of everything, or not at all
const MARK = 8;
const COMMON_HEIGHT = 0.5; // of a column: its place counts, not its figure
const RIVER_COST = 5;
const OUTSIDE_COST = 2; // for each corner over another district
const MOST_COST = 12; // a name further from its place, or over its neighbours, would be read as theirs
const COARSE = 0.02; // degrees between the points of an outline that a name is measured by: three pixels

/** Where else than at its place a name may stand, the nearest first: [pixels aside, pixels down, cost]. */
const MOVES = Array.from({ length: (2 * STEPS + 1) ** 2 }, (_, i) => [(i % (2 * STEPS + 1)) - STEPS, Math.floor(i / (2 * STEPS + 1)) - STEPS])
  .map(([aside, down]) => [aside * STEP, down * STEP, Math.hypot(aside, down)])
  .sort((a, b) => a[2] - b[2]);

const inside = ([x, y], r) => x > r.left && x < r.right && y > r.top && y < r.bottom;

/** Rectangles that a name should leave free: columns and lights. */
function marks({ columns, points }, at, unit) {
  const stands = columns.map(([longitude, latitude]) => [at(longitude, latitude, BASE_M), at(longitude, latitude, BASE_M + COMMON_HEIGHT * COLUMN_M)]);
  const shines = points.map(([, longitude, latitude]) => at(longitude, latitude, BASE_M));
  const half = MARK * unit;
  return [
    ...stands.map(([[x, low], [, high]]) => ({ left: x - half / 2, right: x + half / 2, top: high, bottom: low + half / 2 })),
    ...shines.map(([x, y]) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half })),
  ];
}

/** Points along the rivers, close enough that none jumps over a name. */
function course(water, at, unit) {
  const found = [];
  for (const path of water) {
    let last = null;
    for (const [longitude, latitude, metres] of path) {
      const [x, y] = at(longitude, latitude, metres);
      const steps = last ? Math.ceil(Math.hypot(x - last[0], y - last[1]) / (8 * unit)) : 1;
      for (let i = 1; i <= steps; i++) found.push(last ? [last[0] + ((x - last[0]) * i) / steps, last[1] + ((y - last[1]) * i) / steps] : [x, y]);
      last = [x, y];
    }
  }
  return found;
}

/** Outlines in pixels, coarsely. */
function traced(outlines, at) {
  return outlines.map(({ path }) => {
    let last = path[0];
    const kept = path.filter((point) => {
      if (Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) < COARSE) return false;
      last = point;
      return true;
    });
    return kept.map(([longitude, latitude]) => at(longitude, latitude, LAND_M + RISE_M));
  });
}

/** Whether a pixel lies within an outline. */
function within([x, y], outline) {
  let isIn = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [a, b] = [outline[i], outline[j]];
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) isIn = !isIn;
  }
  return isIn;
}

const rectangle = (x, y, half, size) => ({ left: x - half, right: x + half, top: y - size * 0.55, bottom: y + size * 0.55 });
const corners = (r) => [[r.left, r.top], [r.right, r.top], [r.left, r.bottom], [r.right, r.bottom]];

/** The best place of one name; null where every one is taken. */
function placed(label, isSpot, free, flows, own, [x, y], unit) {
  const size = unit * (isSpot ? SPOT_SIZE : SIZE);
  const half = (size * label.short.length) / 2;
  const isRoomy = label.area >= ROOMY_KM2;
  let best = null;
  for (const [aside, down, moved] of isRoomy ? MOVES : MOVES.slice(0, 1)) {
    if (best && moved >= best.cost) break;
    const middle = [x + aside * unit, y + down * unit];
    const rect = rectangle(...middle, half, size);
    if (!free(rect) || (moved && !own.some((outline) => within(middle, outline)))) continue;
    const outside = isRoomy ? corners(rect).filter((corner) => !own.some((outline) => within(corner, outline))).length : 0;
    const cost = moved + OUTSIDE_COST * outside + (flows.some((point) => inside(point, rect)) ? RIVER_COST : 0);
    if (!best || cost < best.cost) best = { ...rect, key: label.adcode, x: middle[0], y: middle[1], short: label.short, cost };
  }
  if (!best && isSpot) return { ...rectangle(x, y, half, size), key: label.adcode, x, y, short: label.short };
  return best && !isSpot && best.cost >= (isRoomy ? MOST_COST : RIVER_COST) ? null : best;
}

/**
 * Names with their places, the one in the spotlight first, then the largest districts'.
 *
 * @param {{labels: object[], outlines: object[]}} land of `editions` (land.js); `water` as `rivers` gives it.
 * @param {{columns: number[][], points: Array[]}} block what else stands on the map.
 * @param {Function} at pixels of (longitude, latitude, metres).
 * @param {{width: number, height: number, unit: number, spot: string|null}} box
 */
export function named({ labels, outlines }, water, block, at, { width, height, unit, spot }) {
  const [stood, flows] = [marks(block, at, unit), course(water, at, unit)];
  const taken = [];
  const free = (r) => r.left > 0 && r.right < width && r.top > 0 && r.bottom < height && !covered(r, taken, GAP * unit) && !covered(r, stood, 0);
  const order = [...labels].sort((a, b) => (b.adcode === spot) - (a.adcode === spot) || b.area - a.area);
  for (const label of order) {
    const [x, top] = at(label.at[0], label.at[1], LAND_M + RISE_M);
    const own = traced(outlines.filter((one) => one.adcode === label.adcode), at);
    const near = flows.filter(([px, py]) => Math.abs(px - x) + Math.abs(py - top) < NEAR * unit);
    const found = placed(label, label.adcode === spot, free, near, own, [x, top + BELOW * unit], unit);
    if (found) taken.push(found);
  }
  return taken;
}
