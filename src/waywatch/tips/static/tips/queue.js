// Sealed tips that wait on this phone: ciphertext only. One is called sent when the server's receipt has been checked, and not before.

import { big, fromText, fromUuid, join, sha256, utf8 } from "./bytes.js";
import { isSigned } from "./sealing.js";
import { asked, inStore } from "./store.js";

const STORE = "queue";
const RECEIPT = "waywatch receipt v1\0";
const GIVE_UP_MS = 30_000;

const put = (tip) => inStore(STORE, "readwrite", (store) => asked(store.put(tip, tip.id)));

/** Every tip on this phone: `{ id, sealed, state, receiptKey }`, `state` one of waiting, sent, refused. */
export const tips = () => inStore(STORE, "readonly", (store) => asked(store.getAll()));

/** Keep a sealed tip until it is sent. */
export const add = (id, sealed, receiptKey) => put({ id, sealed, receiptKey, state: "waiting", at: Date.now() });

/** Forget a tip on this phone. What was sent stays at the desk. */
export const forget = (id) => inStore(STORE, "readwrite", (store) => asked(store.delete(id)));

export const forgetAll = () => inStore(STORE, "readwrite", (store) => asked(store.clear()));

/** Whether the server has signed for exactly these bytes. */
export async function isReceiptFor({ id, sealed, receiptKey }, { hour, signature }) {
  const message = join(utf8(RECEIPT), fromUuid(id), await sha256(sealed), big(hour, 4));
  return isSigned(fromText(receiptKey), fromText(signature), message);
}

/** Keep what became of a tip, unless it was forgotten while it was on its way. */
const settle = (tip) =>
  inStore(STORE, "readwrite", async (store) => (await asked(store.getKey(tip.id))) && asked(store.put(tip, tip.id)));

/** The state of a tip after one try. Whatever is not a receipt that holds, or a plain refusal, leaves it waiting. */
async function tried(tip) {
  try {
    const answer = await fetch(`/notice/tips/${tip.id}`, {
      method: "PUT",
      body: tip.sealed,
      credentials: "omit",
      headers: { "Content-Type": "application/octet-stream" },
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    if (answer.status === 409 || answer.status === 422) return "refused";
    if (answer.status !== 200 && answer.status !== 201) return "waiting";
    return (await isReceiptFor(tip, await answer.json())) ? "sent" : "waiting";
  } catch {
    return "waiting";
  }
}

/** Try to send what waits, one after the other. Returns whether something still waits. */
async function sendAll(changed) {
  let waits = false;
  for (const tip of await tips()) {
    if (tip.state !== "waiting") continue;
    const state = await tried(tip);
    waits ||= state === "waiting";
    if (state === "waiting") continue;
    // What is sent or refused for good is not needed here any more.
    await settle({ ...tip, state, sealed: null });
    await changed();
  }
  return waits;
}

/** As `sendAll`, one window of this page at a time. */
export function flush(changed) {
  if (!navigator.locks) return sendAll(changed);
  return navigator.locks.request("notice-queue", () => sendAll(changed));
}
