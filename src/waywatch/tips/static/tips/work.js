// Work for a tip while there is a flood: a number that makes a hash of the envelope begin with zeros. It needs no network.

import { big, join, sha256, utf8 } from "./bytes.js";

const PREFIX = "waywatch work v1\0";
const AT_ONCE = 256;

function zeroBits(bytes) {
  let zeros = 0;
  for (const byte of bytes) {
    zeros += Math.clz32(byte) - 24;
    if (byte) break;
  }
  return zeros;
}

/** The first number whose hash begins with so many zero bits. */
export async function work(sealed, bits) {
  const start = join(utf8(PREFIX), await sha256(sealed));
  for (let from = 0; ; from += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, place) => from + place);
    const hashes = await Promise.all(numbers.map((number) => sha256(join(start, big(number, 8)))));
    const found = hashes.findIndex((hash) => zeroBits(hash) >= bits);
    if (found >= 0) return from + found;
  }
}
