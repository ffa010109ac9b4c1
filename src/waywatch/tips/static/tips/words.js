// The receipt words: 128 random bits as twelve English words, the last with a checksum (BIP 39's way and list), and what follows from them.

import { join, sha256 } from "./bytes.js";
import { derive, keyPairFrom } from "./sealing.js";

const BITS = 11;
const WORDS = 12;
const SALT = "waywatch receipt v1";

let list = null;

/** The list of 2,048 words; `address` is a file that the page keeps without a network. */
export async function wordList(address) {
  list ??= (await (await fetch(address)).text()).trim().split("\n");
  return list;
}

export const newSecret = () => crypto.getRandomValues(new Uint8Array(16));

const bitsOf = (bytes) => Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");

export async function toWords(secret, all) {
  const bits = bitsOf(join(secret, (await sha256(secret)).subarray(0, 1)));
  return Array.from({ length: WORDS }, (_, place) => all[Number.parseInt(bits.slice(place * BITS, (place + 1) * BITS), 2)]);
}

/** The secret of twelve typed words, each known by its first four letters; null where a word is unknown or the checksum is wrong. */
export async function fromWords(typed, all) {
  const words = typed.toLowerCase().split(/[^a-z]+/).filter(Boolean);
  const places = words.map((word) => all.findIndex((each) => each === word || (word.length >= 4 && each.slice(0, 4) === word.slice(0, 4))));
  if (places.length !== WORDS || places.includes(-1)) return null;
  const bits = places.map((place) => place.toString(2).padStart(BITS, "0")).join("");
  const secret = Uint8Array.from({ length: 16 }, (_, place) => Number.parseInt(bits.slice(place * 8, place * 8 + 8), 2));
  const again = await toWords(secret, all);
  return again.at(-1) === all[places.at(-1)] ? secret : null;
}

/** What the server is asked with, 32 bytes. */
export const lookUpToken = (secret) => derive(secret, SALT, "look-up", 32);

/** The key pair that the desk's answers are sealed to. */
export const replyKey = async (secret) => keyPairFrom(await derive(secret, SALT, "reply key", 32));
