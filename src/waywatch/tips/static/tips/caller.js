// A caller on the line: the questions of the phone page on one page at the desk. What is typed leaves this browser sealed, as a phone's tip does.

import { advise } from "../advice/advice.js";
import { addEntry, read } from "./answers.js";
import { draw } from "./card.js";
import { compose } from "./composing.js";
import { desks } from "./desks.js";
import { offer, placesOf } from "./places.js";
import { add, flush, tips } from "./queue.js";
import { works } from "./sealing.js";
import { showSigns } from "./signs.js";

const AGAIN_MS = 10_000;
const NOBODY = "00000000-0000-4000-8000-000000000000";
const byId = (id) => document.getElementById(id);
const form = byId("questions");
const book = JSON.parse(byId("book").textContent);
const { root, words: wordsAddress } = form.dataset;
const region = form.elements["where.region"];
let list = null;
let isTyped = false;

/** The desk that is chosen, as the signed list names it; null where no key of it is published. */
function chosenDesk() {
  const keyring = byId("keyring").value;
  return list?.desks.find((desk) => desk.keyring === keyring) ?? null;
}

function showAdvice(content) {
  const { level } = advise(content, book);
  for (const text of byId("advice").querySelectorAll("[data-level]")) text.hidden = text.dataset.level !== level;
}

function changed() {
  const content = read(form);
  isTyped = Object.keys(content).length > 0;
  showAdvice(content);
  showSigns(content.reporter?.sector);
  draw(form, byId("card"));
  byId("no-key").hidden = Boolean(chosenDesk());
  byId("save").disabled = !chosenDesk() || !isTyped;
}

function pressed({ target }) {
  const button = target.closest("button");
  if (button?.dataset.add) addEntry(form, button.dataset.add).querySelector("input").focus();
  if (button?.matches("[data-remove]")) {
    const next = button.closest("[data-step]").querySelector("[data-add]");
    button.closest("[data-entry]").remove();
    next.focus();
  }
  if (button) changed();
}

/** Try until the server has signed for it; meanwhile the page says that it is not sent. */
async function sendUntilTaken(id) {
  await flush(() => {}, list?.receipt_key);
  const tip = (await tips()).find((each) => each.id === id);
  for (const text of byId("sent").querySelectorAll("[data-state]")) text.hidden = text.dataset.state !== tip.state;
  if (tip.state === "waiting") setTimeout(sendUntilTaken, AGAIN_MS, id);
  if (tip.state === "sent") byId("take").querySelector("button").focus();
}

async function save(event) {
  event.preventDefault();
  const desk = chosenDesk();
  if (!desk || byId("save").disabled) return;
  byId("save").disabled = true;
  const observation = read(form);
  const { level } = advise(observation, book);
  const language = document.documentElement.lang;
  try {
    const { id, sealed, words } = await compose({ observation, language, level, desk, wordsAddress, source: "call" });
    byId("too-long").hidden = Boolean(sealed);
    if (!sealed) return;
    await add(id, sealed, list.receipt_key);
    isTyped = false;
    form.hidden = true;
    byId("receipt-words").textContent = words;
    byId("take").action = byId("take").dataset.action.replace(NOBODY, id);
    byId("sent").hidden = false;
    byId("sent-title").focus();
    await sendUntilTaken(id);
  } catch {
    byId("failed").hidden = false;
  } finally {
    byId("save").disabled = false;
  }
}

async function start() {
  for (const empty of form.querySelectorAll("[data-repeat]")) addEntry(form, empty.dataset.repeat);
  list = (await works()) ? await desks(root, Date.now()) : null;
  changed();
  byId("waiting").hidden = true;
  form.hidden = false;
  await flush(() => {}, list?.receipt_key); // a call that was left before the server took it
}

form.addEventListener("input", changed);
form.addEventListener("click", pressed);
form.addEventListener("submit", save);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault(); // a line ends nothing: the call goes on
});
region.addEventListener("change", async () => {
  form.elements["where.place"].value = "";
  offer(form.elements["where.place"], await placesOf(region.value), null, region.value);
});
window.addEventListener("beforeunload", (event) => isTyped && event.preventDefault());

start();
