// The end of the page: seal the answers for the desk of the place, show the receipt words, and say what is sent and what is not.

import { compose } from "./composing.js";
import { deskFor, desks } from "./desks.js";
import { forgetPhotos, sealPhotos } from "./photos.js";
import { add, flush, forget, forgetAll, tips } from "./queue.js";
import { works } from "./sealing.js";

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
  byId("no-region").hidden = Boolean(region);
  byId("no-desk").hidden = Boolean(desk) || !region;
  byId("in-escrow").hidden = !desk?.escrow;
  byId("desk-name").textContent = desk?.name ?? "";
  byId("too-long").hidden = true;
}

/** Seal what was answered, keep it to be sent, and show the receipt words. Returns whether it was sealed. */
export async function sealAndKeep({ observation, language, level }) {
  const desk = deskFor(list, observation.where?.region);
  const { id, sealed, chunks, words } = await compose({ observation, language, level, desk, wordsAddress, sealPhotos });
  byId("too-long").hidden = Boolean(sealed);
  if (!sealed) return false;
  await add(id, sealed, list.receipt_key, chunks);
  forgetPhotos();
  byId("receipt-words").textContent = words;
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

/** Whether something that was sealed here has not been sent. */
export const isAnythingUnsent = async () => (await tips()).some((tip) => tip.state === "waiting");

export async function forgetEverything() {
  putWordsAway();
  await forgetAll();
  await show();
}

async function show() {
  const kept = await tips();
  const rows = kept.map((tip) => {
    const row = byId("outbox-row").content.firstElementChild.cloneNode(true);
    row.dataset.kept = tip.state;
    row.querySelector("time").textContent = new Date(tip.at).toLocaleString(document.documentElement.lang);
    for (const text of row.querySelectorAll("[data-state]")) text.hidden = text.dataset.state !== tip.state;
    const photos = tip.state !== "sent" ? "" : tip.lost ? "lost" : tip.chunks?.length ? "waiting" : "";
    for (const text of row.querySelectorAll("[data-photos]")) text.hidden = text.dataset.photos !== photos;
    const remove = row.querySelector("button");
    remove.addEventListener("click", () => {
      if (tip.state !== "waiting" || confirm(remove.dataset.ask)) forget(tip.id).then(show);
    });
    return row;
  });
  byId("outbox-list").replaceChildren(...rows);
  byId("outbox").hidden = rows.length === 0;
}

async function flushNow() {
  clearTimeout(timer);
  const waits = await flush(show, list?.receipt_key);
  if (waits && !document.hidden) timer = setTimeout(flushNow, AGAIN_MS);
}

window.addEventListener("online", flushNow);
document.addEventListener("visibilitychange", () => document.hidden || flushNow());
