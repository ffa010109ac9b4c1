// The reporter's page: one short question at a time, the advice at each change, a card to read out, and what can be sent of it, sealed.

import { advise } from "../advice/advice.js";
import { addEntry, read, write } from "./answers.js";
import { draw } from "./card.js";
import { erase, expiring, keep, kept } from "./draft.js";
import { forgetEverything, isAnythingUnsent, offerFor, prepare, putWordsAway, sealAndKeep } from "./outbox.js";
import { forgetPhotos, photoCount } from "./photos.js";
import { offer, placesOf, position, regionsAt } from "./places.js";
import { showSigns } from "./signs.js";

const SAVE_AFTER_MS = 400;
const byId = (id) => document.getElementById(id);

const program = byId("program");
const form = byId("questions");
const steps = [...form.querySelectorAll("[data-step]")];
const book = JSON.parse(byId("book").textContent);
const region = form.elements["where.region"];
const place = form.elements["where.place"];
const touched = expiring(startOver);
let here = 0;
let saving = 0;
let where = null;

/** Show one step. The numbers to call stay above it; 911 stays on the screen. */
function show(number, { focus = true } = {}) {
  here = Math.max(0, Math.min(number, steps.length - 1));
  steps.forEach((step, place) => (step.hidden = place !== here));
  byId("intro").hidden = here > 0;
  document.querySelector("h1").classList.toggle("visually-hidden", here > 0);
  const isCard = here === steps.length - 1;
  byId("back").hidden = here === 0;
  byId("next").hidden = isCard;
  byId("to-card").hidden = isCard;
  byId("restored").hidden = true;
  program.classList.toggle("is-answering", here > 0);
  limit(form.elements.about.value === "self");
  if (isCard) {
    draw(form, byId("card"));
    byId("card-photos").hidden = photoCount() === 0;
    offerFor(region.value);
  }
  for (const list of steps[here].querySelectorAll("[data-repeat]:empty")) addEntry(form, list.dataset.repeat);
  if (focus) {
    steps[here].querySelector("h2").focus({ preventScroll: true });
    (byId("advice").hidden ? steps[here] : byId("advice")).scrollIntoView();
  }
}

/** Who tells of himself is asked nothing more: he can go back, and not on. */
function limit(aboutSelf) {
  byId("next").disabled = byId("to-card").disabled = aboutSelf && steps[here].dataset.step !== "danger";
}

function showAdvice(content) {
  const { level } = advise(content, book);
  const aboutSelf = content.about === "self";
  const box = byId("advice");
  for (const text of box.querySelectorAll("[data-level]")) {
    text.hidden = text.dataset.level !== level || (aboutSelf && level === "hotline_now");
  }
  box.querySelector("[data-self]").hidden = !aboutSelf;
  box.hidden = Object.keys(content).length === 0 || (level === "none" && here < steps.length - 3 && !aboutSelf);
  byId("do-not").hidden = level === "none" && !aboutSelf;
  byId("call-now").hidden = !level.startsWith("911"); // on the line that stays on the screen, wherever one has scrolled
  byId("call-calm").hidden = level.startsWith("911");
  limit(aboutSelf);
}

function changed() {
  const content = read(form);
  showAdvice(content);
  showSigns(content.reporter?.sector);
  touched();
  clearTimeout(saving);
  // What somebody says about himself is kept nowhere, not even on this phone.
  saving = setTimeout(() => (content.about === "self" ? erase() : keep(content)), SAVE_AFTER_MS);
}

function startOver() {
  clearTimeout(saving);
  where = null;
  write(form, {});
  forgetPhotos();
  byId("card").replaceChildren();
  showAdvice({});
  showSigns("");
  show(0, { focus: false });
}

async function eraseAll() {
  if ((await isAnythingUnsent()) && !confirm(byId("erase").dataset.ask)) return;
  startOver();
  form.hidden = false;
  await Promise.all([erase(), forgetEverything()]);
  byId("erased").hidden = false;
}

/** Seal what was answered. Only when it is safely kept, the readable draft goes. */
async function sealAnswers() {
  const observation = read(form);
  const { level } = advise(observation, book);
  byId("seal").disabled = true;
  try {
    if (!(await sealAndKeep({ observation, language: document.documentElement.lang, level }))) return;
    startOver();
    showAdvice(observation); // what to do now is as urgent as before
    form.hidden = true;
    await erase();
    byId("receipt-title").focus();
  } catch {
    byId("no-desk").hidden = false;
  } finally {
    byId("seal").disabled = false;
  }
}

async function offerPlaces() {
  offer(place, await placesOf(region.value), where, region.value);
}

/** Choose a state or province: a place of the one before is no answer any more. */
async function choose(code) {
  if (region.value !== code) region.value = code;
  place.value = "";
  byId("located-among").replaceChildren();
  await offerPlaces();
  changed();
}

/** Ask the phone where it is. Where several states may be meant, the reporter says which: it decides who reads the note. */
async function locate() {
  const said = byId("located");
  byId("located-among").replaceChildren();
  said.textContent = "…";
  try {
    where = await position();
    const [only, ...others] = await regionsAt(region, where);
    if (only && !others.length) await choose(only.value);
    else byId("located-among").replaceChildren(...[only, ...others].filter(Boolean).map(button));
    said.textContent = !only ? said.dataset.nowhere : others.length ? said.dataset.among : only.textContent;
  } catch {
    said.textContent = said.dataset.failed;
  }
}

function button({ value, textContent }) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "button button--quiet button--small", textContent });
  made.addEventListener("click", async () => {
    await choose(value);
    byId("located").textContent = textContent;
    region.focus();
  });
  return made;
}

function pressed({ target }) {
  const button = target.closest("button");
  if (!button) return;
  byId("erased").hidden = true;
  if (button.dataset.add) addEntry(form, button.dataset.add).querySelector("input").focus();
  if (button.matches("[data-remove]")) {
    button.closest("[data-entry]").remove();
    changed();
  }
}

async function worksOffline() {
  if (!("serviceWorker" in navigator)) return;
  const address = "/notice/worker.js";
  const policy = window.trustedTypes?.createPolicy("notice", { createScriptURL: () => address });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address, { scope: "/notice/" });
  await navigator.serviceWorker.ready;
  byId("offline-ready").hidden = false;
}

async function start() {
  const draft = await kept();
  if (draft) {
    write(form, draft);
    touched();
  }
  showAdvice(draft ?? {});
  showSigns(draft?.reporter?.sector);
  show(0, { focus: false });
  byId("restored").hidden = !draft;
  if (region.value) await offerPlaces();
  byId("waiting").hidden = true;
  program.hidden = false;
  await prepare();
  if (here === steps.length - 1) offerFor(region.value); // the card was there before the list of desks
}

form.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(here + 1);
});
form.addEventListener("click", pressed);
region.addEventListener("change", () => choose(region.value));
byId("locate").addEventListener("click", locate);
byId("back").addEventListener("click", () => show(here - 1));
byId("to-card").addEventListener("click", () => show(steps.length - 1));
byId("erase").addEventListener("click", eraseAll);
byId("seal").addEventListener("click", sealAnswers);
byId("words-written").addEventListener("click", () => {
  putWordsAway();
  form.hidden = false;
});
byId("leave").hidden = false;
byId("leave").addEventListener("click", () => {
  startOver();
  putWordsAway();
  // What is sealed already opens on no phone: it goes on waiting, so that leaving in a hurry loses nothing.
  erase().finally(() => location.replace(document.body.dataset.elsewhere));
});

window.addEventListener("beforeunload", (event) => byId("receipt").hidden || event.preventDefault()); // the words are shown once

start(); // where it fails, the page goes on saying: please call
worksOffline().catch(() => {});
