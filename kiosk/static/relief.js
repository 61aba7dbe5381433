// How high the land lies and how bright it is, by a district's value: the same for the first picture and for deck.gl's.

export const LENS = { bearing: -5, altitude: 4 }; // from further away than deck's own 1.5 picture heights columns lean less
export const LAND_M = 5000;
export const RISE_M = 6000;
export const BASE_M = 8000; // where columns and lights stand: the middle of the relief
export const RIVER_M = 8200;
export const COLUMN_M = 80000;
export const COLUMN_RADIUS_M = 1700;
const SPOT_RISE_M = 9000;

/**
 * Elevation (m) and colour ([r, g, b, a]) of every district.
 *
 * @param {{districts: [string, number|null][], spot: string|null, colours: object}} job
 */
export function relief({ districts, spot, colours }) {
  const value = new Map(districts.map(([code, v]) => [code, v ?? 0]));
  return {
    rise: (code) => LAND_M + RISE_M * (value.get(code) ?? 0) + (code === spot ? SPOT_RISE_M : 0),
    fill: (code) => (!spot ? ramp(colours.steps, value.get(code) ?? 0) : code === spot ? colours.spot : colours.asleep),
    shore: (code) => (code === spot ? colours.spot : colours.shore),
  };
}

function ramp(steps, value) {
  const t = Math.min(0.9999, Math.max(0, value)) * (steps.length - 1);
  const i = Math.floor(t);
  return [...steps[i].map((c, j) => Math.round(c + (steps[i + 1][j] - c) * (t - i))), 240];
}
