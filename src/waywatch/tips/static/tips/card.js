// The card to read out: every answer under the words of its question, as text nodes only.

import { zoneOf } from "./answers.js";

const made = (name, text) => {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
};

/** A moment in words, as the desk writes it: "2026-11-27 02:15 (UTC-06:00)". */
const momentWords = (moment) => `${moment.slice(0, 16).replace("T", " ")}${moment[16] ? ` (UTC${moment.slice(16)})` : ""}`;

/** The question and the answer of one field, or null where nothing was answered. */
function line(field) {
  const inputs = [...field.querySelectorAll("input, select, textarea")].filter((input) => !input.disabled && input.validity.valid);
  if (!inputs.length) return null;
  const question = field.querySelector("legend, label").textContent;
  const chosen = inputs.filter((input) => input.checked);
  const answer = inputs[0].matches("[type=radio], [type=checkbox]")
    ? chosen.map((input) => field.querySelector(`label[for="${CSS.escape(input.id)}"]`).textContent).join(", ")
    : textOf(inputs[0]);
  return answer ? [question, answer] : null;
}

function textOf(input) {
  if (input.dataset.kind === "place") return input.value; // without the distance from here
  if (input.tagName === "SELECT") return input.value && input.selectedOptions[0].textContent;
  if (input.type === "datetime-local") return input.value && momentWords(input.value + zoneOf(input));
  return input.value.trim();
}

function list(lines) {
  const found = document.createElement("dl");
  for (const [question, answer] of lines) found.append(made("dt", question), made("dd", answer));
  return found;
}

function signsOf(step) {
  return [...step.querySelectorAll("[data-sign]")]
    .filter((row) => row.querySelector("[name=signs]").checked)
    .map((row) => {
      const heard = row.querySelector("[name=heard]");
      const note = heard.checked ? ` (${heard.nextElementSibling.firstChild.textContent})` : "";
      return row.querySelector("label").textContent + note;
    });
}

/** Draw the card anew from the form. */
export function draw(form, card) {
  card.replaceChildren();
  for (const step of form.querySelectorAll("[data-step]")) {
    const parts = [];
    const signs = signsOf(step);
    if (signs.length) {
      const rows = document.createElement("ul");
      rows.append(...signs.map((text) => made("li", text)));
      parts.push(rows);
    }
    const groups = [step, ...step.querySelectorAll("[data-entry]")];
    for (const group of groups) {
      const fields = [...group.querySelectorAll("[data-field]")].filter(
        (field) => (field.closest("[data-entry]") ?? step) === group,
      );
      const lines = fields.map(line).filter(Boolean);
      if (lines.length) parts.push(list(lines));
    }
    if (parts.length) card.append(made("h3", step.querySelector("h2").textContent), ...parts);
  }
  if (!card.childElementCount) card.append(made("p", form.dataset.unknown));
}
