// Between the form and the content of a tip. A field's name is the path of its answer: `where.road`, `people.0.age`.

const LISTS = ["people", "vehicles", "timeline"];
const LOCAL = "2026-11-27T02:15".length; // a moment without its zone, as a field of the page holds it

const isEmpty = (value) =>
  value === "" || value === undefined || (typeof value === "object" && Object.values(value).every(isEmpty));

function put(content, path, value) {
  const steps = path.split(".");
  const last = steps.pop();
  let here = content;
  for (const step of steps) here = here[step] ??= {};
  here[last] = value;
}

const at = (content, path) => path.split(".").reduce((here, step) => here?.[step], content);

/** The zone of a field that is filled in on the reporter's own phone, as "-06:00"; "" where somebody else types. */
export function zoneOf(input) {
  if (input.type !== "datetime-local" || !input.form.hasAttribute("data-own-clock")) return "";
  const minutes = -new Date(input.value).getTimezoneOffset();
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** Who wants to stay unknown is not asked how to be reached, and what was typed there goes nowhere. */
export function askOnly(form) {
  form.elements["reach.at"].disabled = form.elements["reach.how"].value === "not";
}

/** What has been answered so far. Nothing stands in it that was not typed or chosen, nor a number that is none. */
export function read(form) {
  askOnly(form);
  const content = {};
  for (const field of form.elements) {
    if (!field.name || field.name === "signs" || field.name === "heard" || field.disabled || !field.validity.valid) continue;
    if (field.type === "checkbox") {
      if (field.checked) put(content, field.name, [...(at(content, field.name) ?? []), field.value]);
    } else if (field.type === "radio") {
      if (field.checked) put(content, field.name, field.value);
    } else if (field.value.trim()) {
      put(content, field.name, field.type === "number" ? Number(field.value) : field.value.trim() + zoneOf(field));
    }
  }
  for (const list of LISTS) {
    const rows = Object.values(content[list] ?? {}).filter((row) => !isEmpty(row));
    if (rows.length) content[list] = rows;
    else delete content[list];
  }
  const heard = new Set([...form.querySelectorAll("[name=heard]:checked")].map((box) => box.value));
  const signs = [...form.querySelectorAll("[name=signs]:checked")].map((box) => box.value);
  if (signs.length) content.signs = signs.map((key) => ({ key, first_hand: heard.has(key) ? "no" : "yes" }));
  return content;
}

/** Fill the form with a content that `read` gave. */
export function write(form, content) {
  form.reset();
  for (const list of LISTS) {
    form.querySelector(`[data-repeat=${list}]`).replaceChildren();
    for (let number = 0; number < (content[list]?.length ?? 0); number += 1) addEntry(form, list);
  }
  for (const field of form.elements) {
    if (!field.name || field.name === "signs" || field.name === "heard") continue;
    const value = at(content, field.name);
    if (field.type === "checkbox") field.checked = Boolean(value?.includes(field.value));
    else if (field.type === "radio") field.checked = value === field.value;
    else if (value !== undefined) setValue(field, field.type === "datetime-local" ? value.slice(0, LOCAL) : String(value));
  }
  for (const sign of content.signs ?? []) {
    const box = form.querySelector(`[name=signs][value="${CSS.escape(sign.key)}"]`);
    if (!box) continue;
    box.checked = true;
    form.querySelector(`[name=heard][value="${CSS.escape(sign.key)}"]`).checked = sign.first_hand === "no";
  }
}

/** A place chosen before its list has been loaded is kept as a choice of its own. */
function setValue(field, value) {
  if (field.dataset.kind === "place" && ![...field.options].some((option) => option.value === value)) {
    field.append(new Option(value, value));
  }
  field.value = value;
}

/** Add one more of a repeated part, and return it. */
export function addEntry(form, list) {
  const box = form.querySelector(`[data-repeat=${list}]`);
  const number = 1 + Math.max(-1, ...[...box.children].map((entry) => Number(entry.dataset.entry)));
  const entry = form.querySelector(`template[data-of=${list}]`).content.firstElementChild.cloneNode(true);
  entry.dataset.entry = String(number);
  entry.querySelector("[data-number]").textContent = String(box.children.length + 1);
  for (const part of entry.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace("__n__", number));
    }
  }
  box.append(entry);
  return entry;
}
