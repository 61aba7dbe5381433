// Where the camera stands so that the whole city fills its place, where a point of the land is then seen, and which
// names would cover each other. The projection is that of deck.gl, to a hundredth of a pixel: names, lights and the
// first picture (ground.js) are there before deck.gl is.

const WEST = 105.28;
const EAST = 110.2;
const SOUTH = 28.16;
const NORTH = 32.21;
// The city's outline, roughly: the corners that a tilted camera has to keep in its picture.
const OUTLINE = [
  [105.29, 29.5], [105.7, 30.4], [106.2, 30.25], [107.0, 30.1], [107.5, 30.7], [107.9, 31.0], [108.3, 31.6], [108.5, 32.15],
  [109.2, 31.95], [109.6, 31.7], [110.19, 31.4], [110.1, 30.9], [109.3, 30.6], [108.9, 30.5], [109.1, 29.6], [109.3, 28.95],
  [109.25, 28.45], [108.7, 28.2], [108.3, 28.6], [107.9, 29.0], [107.4, 28.9], [106.6, 28.5], [105.9, 28.75], [105.4, 29.3],
];
const MARGIN = 0.03;
const PITCHES = [30, 34, 38, 42, 46, 50];
const WORLD = 512; // the width of the world at zoom 0, in pixels
const ROUND_M = 40.03e6; // the equator
const RADIAN = Math.PI / 180;

const across = (longitude) => ((longitude + 180) / 360) * WORLD;
const up = (latitude) => ((Math.PI + Math.log(Math.tan(Math.PI / 4 + (latitude * RADIAN) / 2))) / (2 * Math.PI)) * WORLD;
const perMetre = (latitude) => WORLD / ROUND_M / Math.cos(latitude * RADIAN);

/** A camera over a point of the land: Web Mercator in perspective, `altitude` in heights of the picture. */
export class Camera {
  constructor({ longitude, latitude, zoom, pitch, bearing, altitude, width, height }) {
    Object.assign(this, { longitude, latitude, zoom, pitch, bearing, altitude, width, height });
    this.scale = 2 ** zoom / height;
    this.centre = [across(longitude), up(latitude)];
    this.lean = [Math.cos(pitch * RADIAN), Math.sin(pitch * RADIAN)];
    this.turn = [Math.cos(bearing * RADIAN), Math.sin(bearing * RADIAN)];
  }

  /** Pixels from the upper left corner at which a point is seen. */
  project(longitude, latitude, metres = 0) {
    const [cosTurn, sinTurn] = this.turn;
    const [cosLean, sinLean] = this.lean;
    const east = (across(longitude) - this.centre[0]) * this.scale;
    const north = (up(latitude) - this.centre[1]) * this.scale;
    const height = metres * perMetre(latitude) * this.scale;
    const x = east * cosTurn - north * sinTurn;
    const y = east * sinTurn + north * cosTurn;
    const depth = this.altitude + y * sinLean - height * cosLean;
    const near = (this.altitude * this.height) / depth;
    return [this.width / 2 + x * near, this.height / 2 - (y * cosLean + height * sinLean) * near];
  }

  /** Pixels of a length on the ground in the middle of the picture. */
  pixels(metres) {
    return metres * perMetre(this.latitude) * this.scale * this.height;
  }

  /** Longitude and latitude of the ground that is seen at a pixel. */
  unproject(px, py) {
    const [cosTurn, sinTurn] = this.turn;
    const [cosLean, sinLean] = this.lean;
    const right = (px - this.width / 2) / (this.altitude * this.height);
    const above = (this.height / 2 - py) / (this.altitude * this.height);
    const far = (this.altitude * cosLean) / (cosLean - above * sinLean);
    const x = right * far;
    const y = above * far * cosLean - (this.altitude - far) * sinLean;
    const east = (x * cosTurn + y * sinTurn) / this.scale + this.centre[0];
    const north = (y * cosTurn - x * sinTurn) / this.scale + this.centre[1];
    const latitude = 2 * Math.atan(Math.exp((north / WORLD) * 2 * Math.PI - Math.PI)) - Math.PI / 2;
    return [(east / WORLD) * 360 - 180, latitude / RADIAN];
  }
}

function at(width, height, lens, metres) {
  let view = { longitude: (WEST + EAST) / 2, latitude: (SOUTH + NORTH) / 2, zoom: 6.5 };
  let isWide = false; // whether the width decides how large the city is
  for (let i = 0; i < 6; i++) {
    const camera = new Camera({ ...view, ...lens, width, height });
    const places = OUTLINE.flatMap(([lon, lat]) => [camera.project(lon, lat, 0), camera.project(lon, lat, metres)]);
    const xs = places.map((p) => p[0]);
    const ys = places.map((p) => p[1]);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [longitude, latitude] = camera.unproject((left + right) / 2, (top + bottom) / 2);
    const [wider, higher] = [(width * (1 - 2 * MARGIN)) / (right - left), (height * (1 - 2 * MARGIN)) / (bottom - top)];
    isWide = wider <= higher;
    view = { longitude, latitude, zoom: view.zoom + Math.log2(Math.min(wider, higher)) };
  }
  return { isWide, camera: new Camera({ ...view, ...lens, width, height }) };
}

/** A camera for which the city, lifted by `metres`, fills width × height: looking as steeply as its place is high. */
export function fitted(width, height, lens, metres) {
  let found;
  for (const pitch of PITCHES) {
    found = at(width, height, { ...lens, pitch }, metres);
    if (found.isWide) break;
  }
  return found.camera;
}

/** Whether a rectangle comes closer than `gap` to one that is there already. */
export function covered(rect, taken, gap) {
  return taken.some((t) => rect.left < t.right + gap && rect.right > t.left - gap && rect.top < t.bottom + gap && rect.bottom > t.top - gap);
}
