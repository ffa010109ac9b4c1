// Known places near the reporter, looked for on the phone: where it is stays there.

const EARTH_KM = 6371;
const MOST = 60;
const KM_IN_A_MILE = 1.609344;
const radians = (degrees) => (degrees * Math.PI) / 180;

function kilometres(lat, lon, otherLat, otherLon) {
  const a =
    Math.sin(radians(otherLat - lat) / 2) ** 2 +
    Math.cos(radians(lat)) * Math.cos(radians(otherLat)) * Math.sin(radians(otherLon - lon) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(a));
}

const inBox = (box, { lat, lon }) => {
  const [south, west, north, east] = box.split(" ").map(Number);
  return lat >= south && lat <= north && lon >= west && lon <= east;
};

/** The places of a state or province as {id, text, lat, lon}; none where they are neither kept nor to be had. */
export async function placesOf(region) {
  if (!/^[A-Z]{2}-[A-Z]{2}$/.test(region)) return [];
  try {
    const answer = await fetch(`/notice/places/${region}.json`);
    if (!answer.ok) return [];
    const { places } = await answer.json();
    return places.map(([id, title, highway, mile, lat, lon]) => {
      const road = [highway, mile && String(Number(mile))].filter(Boolean).join(" ");
      return { id, text: road && !title.includes(highway) ? `${title} · ${road}` : title, lat, lon };
    });
  } catch {
    return [];
  }
}

const byDistance = (places, { lat, lon }) =>
  places
    .map((place) => ({ ...place, km: kilometres(lat, lon, place.lat, place.lon) }))
    .sort((one, other) => one.km - other.km);

/** How far it is, in what the road signs of the state or province count in. */
function distance(km, region) {
  const [far, unit] = region.startsWith("US-") ? [km / KM_IN_A_MILE, "mi"] : [km, "km"];
  return `${far < 10 ? far.toFixed(1) : Math.round(far)} ${unit}`;
}

/** Offer the places of a region in a select, nearest first and with their distance where the position is known. */
export function offer(select, places, position, region) {
  const chosen = select.value;
  const rows = position ? byDistance(places, position).slice(0, MOST) : places;
  const options = rows.map(({ text, km }) => new Option(km === undefined ? text : `${text} (${distance(km, region)})`, text));
  select.replaceChildren(new Option("", ""), ...options);
  if (chosen && !rows.some((row) => row.text === chosen)) select.append(new Option(chosen, chosen));
  select.value = chosen;
}

/** The options of a select in whose box a position lies, that with the nearest known place first. Boxes overlap: of several a person chooses. */
export async function regionsAt(select, position) {
  const fitting = [...select.options].filter((option) => option.dataset.box && inBox(option.dataset.box, position));
  const near = await Promise.all(
    fitting.map(async (option) => [byDistance(await placesOf(option.value), position)[0]?.km ?? Infinity, option]),
  );
  return near.sort(([one], [other]) => one - other).map(([, option]) => option);
}

/** Where the phone is, asked for once; rejects where it does not tell. */
export function position() {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      reject,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
