// The end of the page: seal the answers for the desk of the place, show the receipt words, and say what is sent and what is not.

import { toText } from "./bytes.js";
import { deskFor, desks } from "./desks.js";
import { envelope } from "./envelope.js";
import { add, flush, forget, forgetAll, tips } from "./queue.js";
import { works } from "./sealing.js";
import { lookUpToken, newSecret, replyKey, toWords, wordList } from "./words.js";

const AGAIN_MS = 20_000;
const byId = (id) => document.getElementById(id);
const { root, words: wordsAddress } = byId("send").dataset;
let list = null;
let timer = 0;

/** Load the list of desks and check that this phone can seal. Without both, nothing is offered. */
export async function prepare() {
  list = (await works()) ? await desks(root, Date.now()) : null;
  await show();
  await flushNow();
}

/** Offer to send where a desk serves the place, and say why not where none does. */
export function offerFor(region) {
  const desk = deskFor(list, region);
  byId("send").hidden = !desk;
  byId("no-desk").hidden = Boolean(desk);
  byId("desk-name").textContent = desk?.name ?? "";
  byId("too-long").hidden = true;
}

/** Seal what was answered, keep it to be sent, and show the receipt words. Returns whether it was sealed. */
export async function sealAndKeep({ observation, language, level }) {
  const region = observation.where?.region;
  const desk = deskFor(list, region);
  const all = await wordList(wordsAddress);
  const secret = newSecret();
  const { publicKey } = await replyKey(secret);
  const now = Date.now();
  const id = crypto.randomUUID();
  const content = { version: 1, language, sealed_at: new Date(now).toISOString(), reply_key: toText(publicKey), observation };
  const sealed = await envelope({ id, desk, region, level, token: await lookUpToken(secret), now, content });
  byId("too-long").hidden = Boolean(sealed);
  if (!sealed) return false;
  await add(id, sealed, list.receipt_key);
  byId("receipt-words").textContent = (await toWords(secret, all)).join(" ");
  byId("receipt").hidden = false;
  await show();
  flushNow();
  return true;
}

/** Put the words away: they are kept nowhere. */
export function putWordsAway() {
  byId("receipt").hidden = true;
  byId("receipt-words").textContent = "";
}

export async function forgetEverything() {
  putWordsAway();
  await forgetAll();
  await show();
}

async function show() {
  const kept = await tips();
  const rows = kept.map((tip) => {
    const row = byId("outbox-row").content.firstElementChild.cloneNode(true);
    for (const text of row.querySelectorAll("[data-state]")) text.hidden = text.dataset.state !== tip.state;
    row.querySelector("button").addEventListener("click", () => forget(tip.id).then(show));
    return row;
  });
  byId("outbox-list").replaceChildren(...rows);
  byId("outbox").hidden = rows.length === 0;
}

async function flushNow() {
  clearTimeout(timer);
  const waits = await flush(show);
  if (waits && !document.hidden) timer = setTimeout(flushNow, AGAIN_MS);
}

window.addEventListener("online", flushNow);
document.addEventListener("visibilitychange", () => document.hidden || flushNow());
