// Reading with receipt words how far a tip is, and answering what the desk asks. The words stay on this phone; what is sent is derived
// from them and opens nothing. What the server says of an opened tip is sealed to the key of the words.

import { join, toUuid, utf8 } from "./bytes.js";
import { desks } from "./desks.js";
import { answerEnvelope, unpad } from "./envelope.js";
import { isReceiptFor } from "./queue.js";
import { open } from "./sealing.js";
import { fromWords, lookUpToken, replyKey, wordList } from "./words.js";

const STATE_INFO = "waywatch state v1\0";
const QUESTION_INFO = "waywatch question v1\0";
const SEALED = { "Content-Type": "application/octet-stream" };
const byId = (id) => document.getElementById(id);
const form = byId("ask");
let asked = null; // the question that stands on the page, with what is needed to answer it

const read = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

function say(state) {
  for (const text of document.querySelectorAll("[data-state]")) text.hidden = text.dataset.state !== state;
}

function sayOfAnswer(state) {
  for (const text of document.querySelectorAll("[data-answer]")) text.hidden = text.dataset.answer !== state;
}

/** Put the question away, and what was typed to it. */
function forget() {
  asked = null;
  byId("question").hidden = true;
  byId("question-text").textContent = "";
  byId("answer").value = "";
  sayOfAnswer("");
}

async function showQuestion(told, { pair, token, answered }) {
  const said = read(unpad(await open(pair, told.question, join(utf8(QUESTION_INFO), told.id))));
  asked = { id: toUuid(told.id), token, keyring: said.keyring };
  byId("question-text").textContent = said.question;
  byId("question").hidden = false;
  byId("answering").hidden = answered;
  sayOfAnswer(answered ? "sent" : "");
}

/** The parts of the server's answer, which is as long for every token (decision 0011). */
const parts = (bytes) => ({
  word: new TextDecoder().decode(bytes.subarray(0, 8)).replaceAll("\0", ""),
  id: bytes.subarray(8, 24),
  state: bytes.subarray(24, 185),
  question: bytes.subarray(185),
});

/** Show what the server says of a tip: in one word, or sealed to the key of the words. */
async function show(told, secret, token) {
  if (told.word !== "sealed") return say(told.word);
  const { pair } = await replyKey(secret);
  const { state, asked: isAsked, answered } = read(await open(pair, told.state, join(utf8(STATE_INFO), token)));
  say(state);
  if (isAsked) await showQuestion(told, { pair, token, answered });
}

async function ask(event) {
  event.preventDefault();
  say("asking");
  forget();
  const secret = await fromWords(byId("words").value, await wordList(form.dataset.words));
  if (!secret) return say("mistyped");
  try {
    const token = await lookUpToken(secret);
    const answer = await fetch("/notice/state/", { method: "POST", body: token, credentials: "omit", headers: SEALED });
    if (!answer.ok) return say("offline");
    await show(parts(new Uint8Array(await answer.arrayBuffer())), secret, token);
  } catch {
    say("offline");
  }
}

async function send(event) {
  event.preventDefault();
  const text = byId("answer").value.trim();
  if (!asked || !text) return;
  byId("send-answer").disabled = true;
  try {
    const list = await desks(form.dataset.root, Date.now());
    const desk = list?.desks.find((each) => each.keyring === asked.keyring);
    const sealed = desk ? await answerEnvelope({ question: asked.id, desk, token: asked.token, text }) : null;
    if (!sealed) return sayOfAnswer(desk ? "too-long" : "no-desk");
    const address = `/notice/answers/${asked.id}`;
    const answer = await fetch(address, { method: "PUT", body: sealed, credentials: "omit", headers: SEALED });
    const tip = { id: asked.id, sealed, receiptKey: list.receipt_key };
    const isSent = answer.ok && (await isReceiptFor(tip, await answer.json()));
    sayOfAnswer(isSent ? "sent" : answer.status === 409 ? "answered" : "waiting");
    byId("answering").hidden = isSent || answer.status === 409;
    if (isSent) byId("answer").value = "";
  } catch {
    sayOfAnswer("waiting");
  } finally {
    byId("send-answer").disabled = false;
  }
}

form.addEventListener("submit", ask);
byId("answering").addEventListener("submit", send);
function empty() {
  form.reset();
  forget();
  say("");
}

byId("leave").addEventListener("click", empty);
byId("exit").hidden = false;
byId("exit").addEventListener("click", () => {
  empty();
  location.replace(document.body.dataset.elsewhere);
});
form.hidden = false;
byId("waiting").hidden = true;
