// A draft on this phone: ciphertext under a key that WebCrypto does not hand out. Key and draft go together at erasing, and after 30 minutes
// without a change. Whoever holds the unlocked phone meanwhile can read it, and the threat model says so.

import { asked, inStore } from "./store.js";

const KEPT_MS = 30 * 60 * 1000;
const STORE = "draft";

/** Forget the draft and its key. */
export function erase() {
  return inStore(STORE, "readwrite", (store) => asked(store.clear()));
}

async function key() {
  const kept = await inStore(STORE, "readonly", (store) => asked(store.get("key")));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await inStore(STORE, "readwrite", (store) => asked(store.put(made, "key")));
  return made;
}

/** Keep `content`, replacing what was kept. */
export async function keep(content) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text);
  await inStore(STORE, "readwrite", (store) => asked(store.put({ iv, sealed, at: Date.now() }, "draft")));
}

/** What was kept, or null; what is too old is erased instead. */
export async function kept() {
  const draft = await inStore(STORE, "readonly", (store) => asked(store.get("draft")));
  if (!draft) return null;
  const age = Date.now() - draft.at;
  if (age > KEPT_MS || age < 0) {
    await erase();
    return null;
  }
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: draft.iv }, await key(), draft.sealed);
  return JSON.parse(new TextDecoder().decode(text));
}

/** Call `gone` when nothing has been kept for 30 minutes; returns what to call at each change. */
export function expiring(gone) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => erase().then(gone), KEPT_MS);
  };
}
