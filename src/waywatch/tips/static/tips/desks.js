// Which desk serves a place, from the list that the offline root signed. Without a list that can be trusted the page is a call card.

import { fromText, join, utf8 } from "./bytes.js";
import { isSigned } from "./sealing.js";
import { asked, inStore } from "./store.js";

const ADDRESS = "/notice/desks/";
const SIGNED = "waywatch list v1\0";
const STORE = "pins";

/** Whether the root that this page names is the one that this phone saw first. Another one is refused for good. */
async function isPinned(root) {
  const first = await inStore(STORE, "readonly", (store) => asked(store.get("root")));
  if (!first) await inStore(STORE, "readwrite", (store) => asked(store.put(root, "root")));
  return !first || first === root;
}

/** Whether no newer list was seen on this phone: an older one may name a key whose holders have left. */
async function isNewest(issued) {
  const seen = (await inStore(STORE, "readonly", (store) => asked(store.get("issued")))) ?? 0;
  if (issued > seen) await inStore(STORE, "readwrite", (store) => asked(store.put(issued, "issued")));
  return issued >= seen;
}

/** The signed list, checked; null where there is none, where its signature, its root or its term does not hold, or where a newer one was seen. */
export async function desks(root, now) {
  try {
    if (!root || !(await isPinned(root))) return null;
    const { list, signature } = await (await fetch(ADDRESS)).json();
    const text = fromText(list);
    if (!(await isSigned(fromText(root), fromText(signature), join(utf8(SIGNED), text)))) return null;
    const found = JSON.parse(new TextDecoder().decode(text));
    const holds = found.version === 1 && Date.parse(found.expires) > now && (await isNewest(Date.parse(found.issued)));
    return holds ? found : null;
  } catch {
    return null;
  }
}

export const deskFor = (list, region) => list?.desks.find((desk) => desk.regions.includes(region)) ?? null;

