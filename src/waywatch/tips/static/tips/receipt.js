// Reading with receipt words how far a tip is. The words stay on this phone; what is sent is derived from them and opens nothing.

import { fromWords, lookUpToken, wordList } from "./words.js";

const byId = (id) => document.getElementById(id);
const form = byId("ask");

function say(state) {
  for (const text of document.querySelectorAll("[data-state]")) text.hidden = text.dataset.state !== state;
}

async function ask(event) {
  event.preventDefault();
  say("asking");
  const secret = await fromWords(byId("words").value, await wordList(form.dataset.words));
  if (!secret) return say("mistyped");
  try {
    const answer = await fetch("/notice/state/", {
      method: "POST",
      body: await lookUpToken(secret),
      credentials: "omit",
      headers: { "Content-Type": "application/octet-stream" },
    });
    return say(answer.ok ? (await answer.json()).state : "offline");
  } catch {
    return say("offline");
  }
}

form.addEventListener("submit", ask);
byId("leave").addEventListener("click", () => {
  form.reset();
  say("");
});
form.hidden = false;
byId("waiting").hidden = true;
