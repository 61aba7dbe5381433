// The city drawn at once with lines and areas: what stands on the wall until deck.gl's picture comes, and where none
// can come (no graphics driver). Same camera, same relief, nearly the same light.

import { BASE_M, COLUMN_M, COLUMN_RADIUS_M, relief } from "./relief.js";

const TOP_LIGHT = { share: 0.8, more: [14, 29, 45] }; // as deck.gl's lamps light the land: measured on its pictures
const WALL_LIGHT = { share: 0.62, more: [0, 0, 0] };
const AS_IT_IS = { share: 1, more: [0, 0, 0] };
const CLOSEST_PX = 0.8; // points of an outline nearer to each other than this are one

const css = ([r, g, b, a = 255], { share, more } = AS_IT_IS) => `rgba(${[r, g, b].map((c, i) => Math.round(c * share + more[i]))},${a / 255})`;

/** An outline as pixels, on the ground and lifted, without what is too small to be seen. */
function traced(path, camera, metres) {
  const found = [];
  let last = null;
  for (const [longitude, latitude] of path) {
    const high = camera.project(longitude, latitude, metres);
    if (last && Math.abs(high[0] - last[0]) + Math.abs(high[1] - last[1]) < CLOSEST_PX) continue;
    found.push([high, camera.project(longitude, latitude, 0)]);
    last = high;
  }
  return found;
}

/** The side of a lifted area: one four-cornered piece an edge, all turned the same way so that none cuts another out. */
function wall(points) {
  const shape = new Path2D();
  points.forEach(([high, low], i) => {
    const [nextHigh, nextLow] = points[(i + 1) % points.length];
    const corners = nextHigh[0] >= high[0] ? [high, nextHigh, nextLow, low] : [low, nextLow, nextHigh, high];
    corners.forEach(([x, y], j) => (j ? shape.lineTo(x, y) : shape.moveTo(x, y)));
    shape.closePath();
  });
  return shape;
}

function outline(points) {
  const shape = new Path2D();
  points.forEach(([[x, y]], i) => (i ? shape.lineTo(x, y) : shape.moveTo(x, y)));
  shape.closePath();
  return shape;
}

function line(path, camera) {
  const shape = new Path2D();
  path.forEach((point, i) => {
    const [x, y] = camera.project(...point);
    if (i) shape.lineTo(x, y);
    else shape.moveTo(x, y);
  });
  return shape;
}

function rivers(context, water, camera, { colours, unit }) {
  const shapes = water.map((path) => line(path, camera));
  context.lineCap = context.lineJoin = "round";
  for (const [colour, width] of [[colours.glow, 9], [colours.river, 2.2]]) {
    context.strokeStyle = css(colour);
    context.lineWidth = width * unit;
    for (const shape of shapes) context.stroke(shape);
  }
}

function columns(context, camera, { columns: places, colours }) {
  context.strokeStyle = css(colours.column);
  context.lineWidth = 2 * camera.pixels(COLUMN_RADIUS_M);
  context.lineCap = "butt";
  for (const [longitude, latitude, height] of places) {
    context.beginPath();
    context.moveTo(...camera.project(longitude, latitude, BASE_M));
    context.lineTo(...camera.project(longitude, latitude, BASE_M + height * COLUMN_M));
    context.stroke();
  }
}

/**
 * Draws into the map's own canvas.
 *
 * @param {HTMLCanvasElement} target
 * @param {object} land as `editions` of land.js gives it; `water` as `rivers` does.
 * @param {object} job what deck.gl is asked for (painter.js), with its camera in pixels of the canvas.
 */
export function ground(target, land, water, camera, job) {
  if (target.width !== job.width) target.width = job.width;
  if (target.height !== job.height) target.height = job.height;
  const context = target.getContext("2d");
  context.clearRect(0, 0, job.width, job.height);
  const { rise, fill, shore } = relief(job);
  const far = (one, other) => other.north - one.north; // what lies further north is covered by what lies before it
  for (const { adcode, path } of [...land.outlines].sort(far)) {
    const points = traced(path, camera, rise(adcode));
    const top = outline(points);
    context.fillStyle = css(fill(adcode), WALL_LIGHT);
    context.fill(wall(points));
    context.fillStyle = css(fill(adcode), TOP_LIGHT);
    context.fill(top);
    context.strokeStyle = css(shore(adcode));
    context.lineWidth = job.unit;
    context.stroke(top);
  }
  rivers(context, water, camera, job);
  columns(context, camera, job);
}
