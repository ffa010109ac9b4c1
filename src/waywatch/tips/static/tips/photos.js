// Photos that the reporter already has: drawn anew on this phone, so that nothing of the file but its picture is left, then sealed in chunks.
// They are kept in memory alone until they are sealed: no draft holds them.

import { big, fromUuid, join, toText, utf8 } from "./bytes.js";

const LONGEST_SIDE = 1600; // pixels
const QUALITY = 0.8;
const CHUNK = 64 * 1024;
const MOST_CHUNKS = 12;
const MOST = 4;
const INFO = "waywatch photo v1\0";
const byId = (id) => document.getElementById(id);

let photos = []; // JPEG bytes

/** A photo as a new JPEG: no place, time, device, thumbnail or name is in it. Throws where the file is no picture. */
async function drawnAnew(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return { bytes: new Uint8Array(await blob.arrayBuffer()), canvas };
}

function show(canvas, bytes) {
  const row = byId("photo-row").content.firstElementChild.cloneNode(true);
  canvas.className = "photo";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", row.dataset.label);
  row.prepend(canvas);
  row.querySelector("button").addEventListener("click", () => {
    photos = photos.filter((each) => each !== bytes);
    row.remove();
    byId("photo-file").focus();
  });
  byId("photos").append(row);
}

async function chosen({ target }) {
  byId("photo-refused").hidden = true;
  for (const file of target.files) {
    try {
      const { bytes, canvas } = await drawnAnew(file);
      if (photos.length >= MOST || bytes.length > CHUNK * MOST_CHUNKS) throw new RangeError("too many or too large");
      photos.push(bytes);
      show(canvas, bytes);
    } catch {
      byId("photo-refused").hidden = false;
    }
  }
  target.value = ""; // the page keeps no path to the file
}

export const photoCount = () => photos.length;

/** Forget the photos that were chosen. */
export function forgetPhotos() {
  photos = [];
  byId("photos").replaceChildren();
  byId("photo-refused").hidden = true;
}

async function sealed({ tip, token }, bytes) {
  const photo = crypto.randomUUID();
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const total = Math.ceil(bytes.length / CHUNK);
  const chunks = [];
  for (let number = 0; number < total; number += 1) {
    const part = new Uint8Array(CHUNK);
    part.set(bytes.subarray(number * CHUNK, (number + 1) * CHUNK));
    const header = join(utf8("WWC"), big(1, 1), fromUuid(tip), fromUuid(photo), big(number, 2), big(total, 2));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const way = { name: "AES-GCM", iv, additionalData: join(utf8(INFO), header) };
    const locked = new Uint8Array(await crypto.subtle.encrypt(way, key, part));
    chunks.push({ photo, number, sealed: join(header, token, iv, locked) });
  }
  return { listed: { id: photo, key: toText(raw), size: bytes.length, chunks: total }, chunks };
}

/** Seal every photo of a tip: what its content says of them, keys included, and the chunks to send. */
export async function sealPhotos(of) {
  const all = await Promise.all(photos.map((bytes) => sealed(of, bytes)));
  return { listed: all.map((each) => each.listed), chunks: all.flatMap((each) => each.chunks) };
}

byId("photo-file").addEventListener("change", chosen);
