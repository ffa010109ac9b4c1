// Sealed tips that wait on this phone: ciphertext only. One is called sent when the server's receipt has been checked, and not before.

import { big, fromText, fromUuid, join, sha256, utf8 } from "./bytes.js";
import { isSigned } from "./sealing.js";
import { asked, inStore } from "./store.js";
import { work } from "./work.js";

const STORE = "queue";
const RECEIPT = "waywatch receipt v1\0";
const GIVE_UP_MS = 30_000;
const MOST_BITS = 20;
let listedKey;

const put = (tip) => inStore(STORE, "readwrite", (store) => asked(store.put(tip, tip.id)));

/** Every tip on this phone: `{ id, sealed, state, receiptKey, chunks }`, `state` one of waiting, sent, refused; `chunks` are of its photos. */
export const tips = () => inStore(STORE, "readonly", (store) => asked(store.getAll()));

/** Keep a sealed tip until it is sent. */
export const add = (id, sealed, receiptKey, chunks = []) =>
  put({ id, sealed, receiptKey, chunks, state: "waiting", at: Date.now() });

/** Forget a tip on this phone. What was sent stays at the desk. */
export const forget = (id) => inStore(STORE, "readwrite", (store) => asked(store.delete(id)));

export const forgetAll = () => inStore(STORE, "readwrite", (store) => asked(store.clear()));

/** Whether the server has signed for exactly these bytes, with the key of the day they were sealed or with that of the list of today. */
export async function isReceiptFor({ id, sealed, receiptKey }, { hour, signature }) {
  const message = join(utf8(RECEIPT), fromUuid(id), await sha256(sealed), big(hour, 4));
  for (const key of new Set([receiptKey, listedKey || receiptKey]))
    if (await isSigned(fromText(key), fromText(signature), message)) return true;
  return false;
}

/** Keep what became of a tip, unless it was forgotten while it was on its way. */
const settle = (tip) =>
  inStore(STORE, "readwrite", async (store) => (await asked(store.getKey(tip.id))) && asked(store.put(tip, tip.id)));

/** What became of one try: "sent", "refused", or "waiting" for whatever is neither a receipt that holds nor a plain refusal. */
async function tried(address, { id, sealed, receiptKey }) {
  const put = (more) =>
    fetch(address, {
      method: "PUT",
      body: sealed,
      credentials: "omit",
      headers: { "Content-Type": "application/octet-stream", ...more },
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
  try {
    let answer = await put();
    if (answer.status === 429) {
      const { work: bits } = await answer.json();
      if (bits > MOST_BITS) return "waiting";
      answer = await put({ "Waywatch-Work": String(await work(sealed, bits)) });
    }
    if (answer.status === 409 || answer.status === 422) return "refused";
    if (answer.status !== 200 && answer.status !== 201) return "waiting";
    return (await isReceiptFor({ id, sealed, receiptKey }, await answer.json())) ? "sent" : "waiting";
  } catch {
    return "waiting";
  }
}

/** Send the chunks of a tip's photos that are left, one after the other. Returns whether some still wait. */
async function sendChunks(tip, changed) {
  let left = tip.chunks ?? [];
  while (left.length) {
    const [{ photo, number, sealed }] = left;
    const address = `/notice/photos/${tip.id}/${photo}/${number}`;
    const state = await tried(address, { id: photo, sealed, receiptKey: tip.receiptKey });
    if (state === "waiting") return true;
    left = state === "sent" ? left.slice(1) : [];
    await settle({ ...tip, chunks: left, lost: state === "refused" });
    await changed();
  }
  return false;
}

/** Try to send what waits, one after the other: first the tips, then their photos. Returns whether something still waits. */
async function sendAll(changed) {
  let waits = false;
  for (const tip of await tips()) {
    if (tip.state !== "waiting") continue;
    const state = await tried(`/notice/tips/${tip.id}`, tip);
    waits ||= state === "waiting";
    if (state === "waiting") continue;
    // What is sent or refused for good is not needed here any more.
    await settle({ ...tip, state, sealed: null, chunks: state === "sent" ? tip.chunks : [] });
    await changed();
  }
  for (const tip of await tips()) {
    if (tip.state === "sent" && (await sendChunks(tip, changed))) waits = true;
  }
  return waits;
}

/** As `sendAll`, one window of this page at a time. `listed` is the receipt key of the signed list, where there is one. */
export function flush(changed, listed) {
  listedKey = listed;
  if (!navigator.locks) return sendAll(changed);
  return navigator.locks.request("notice-queue", () => sendAll(changed));
}
