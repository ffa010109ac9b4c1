// Known places near the reporter, looked for on the phone: where it is stays there.

const EARTH_KM = 6371;
const MOST = 60;
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
      const road = [highway, mile].filter(Boolean).join(" ");
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

/** Offer places in a select, nearest first and with their distance where the position is known. */
export function offer(select, places, position) {
  const chosen = select.value;
  const rows = position ? byDistance(places, position).slice(0, MOST) : places;
  const options = rows.map(({ text, km }) => {
    const option = new Option(km === undefined ? text : `${text} (${km < 10 ? km.toFixed(1) : Math.round(km)} km)`, text);
    return option;
  });
  select.replaceChildren(new Option("", ""), ...options);
  if (chosen && !rows.some((row) => row.text === chosen)) select.append(new Option(chosen, chosen));
  select.value = chosen;
}

/** The state or province of a position: the one box it lies in, or of several the one with the nearest known place. */
export async function regionAt(select, position) {
  const boxes = [...select.options].filter((option) => option.dataset.box && inBox(option.dataset.box, position));
  const codes = boxes.map((option) => option.value);
  if (codes.length < 2) return codes[0] ?? "";
  const nearest = await Promise.all(
    codes.map(async (code) => [byDistance(await placesOf(code), position)[0]?.km ?? Infinity, code]),
  );
  return nearest.sort(([one], [other]) => one - other)[0][1];
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
