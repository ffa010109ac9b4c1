// From an observation to an advice, on the phone. `rules.py` does the same on the server and says what is read; a test holds the two together.

const ANSWERS = { yes: true, no: false };
const SEEN = { now: true, day: true, older: false };
const AGES = { minor: true, adult: false };
const FIRST_CALL = { "911": ["911"], "911_then_hotline": ["911", "hotline"] };

const lookUp = (table, key) => (Object.hasOwn(table, key) ? table[key] : null);

/** True if one is true; null if none is, but one is not known or there are none; else false. */
function anyOf(truths) {
  if (truths.includes(true)) return true;
  return truths.length === 0 || truths.includes(null) ? null : false;
}

/** What the rules ask about, each true, false or null (not known). */
export function factsOf(observation, book) {
  const signs = (observation.signs ?? []).filter((sign) => Object.hasOwn(book.signs, sign.key));
  const seenOneself = signs.filter((sign) => sign.first_hand !== "no").map((sign) => book.signs[sign.key]);
  const people = (observation.people ?? []).filter((person) => person.part !== "controls");
  return {
    danger_now: lookUp(ANSWERS, observation.danger_now),
    about_oneself: observation.about === "self",
    within_24h: lookUp(SEEN, observation.when?.seen),
    apparent_minor: anyOf(people.map((person) => lookUp(AGES, person.age))),
    exploitation_sign: seenOneself.some((sign) => sign.exploitation),
    emergency_sign: seenOneself.some((sign) => sign.emergency),
    any_sign: signs.length > 0,
  };
}

/** The level, the calls in order, and the rules that say so. A pack orders the calls after the first. */
export function advise(observation, book, pack = null) {
  const facts = factsOf(observation, book);
  const holds = (condition) => facts[condition.fact] ?? condition.unknown_counts;
  const fired = book.rules.filter((rule) => rule.when.every(holds));
  const rank = Math.max(0, ...fired.map((rule) => book.levels.indexOf(rule.level)));
  const level = book.levels[rank];
  const calls = [...(FIRST_CALL[level] ?? []), ...(pack ? book.packs[pack] : ["hotline"])];
  return { level, calls: [...new Set(calls)], rules: fired.map((rule) => rule.id) };
}
