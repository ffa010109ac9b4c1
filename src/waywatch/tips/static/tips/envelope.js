// One tip as the sealed envelope of decision 0008.

import { big, fromText, fromUuid, join, sha256, utf8 } from "./bytes.js";
import { seal } from "./sealing.js";

const SIZES = [2, 4, 8, 16, 32, 64].map((kib) => kib * 1024);
const ANSWER_SIZE = 4096;
const OVERHEAD = 65 + 16;
const HOUR_MS = 60 * 60 * 1000;
const INFO = "waywatch tip v1\0";
const ANSWER_INFO = "waywatch answer v1\0";
const URGENT = { 911: 1, "911_then_hotline": 1, hotline_now: 2 };

/** What the desk sorts by before anybody has opened the tip. A claim: it is worked out again from the content. */
export const urgencyOf = (level) => URGENT[level] ?? 3;

/** The content behind its length, filled with zeros up to the first of six sizes, from `smallest` on, that holds it; null where none does. */
export function pad(content, smallest = SIZES[0]) {
  const size = SIZES.find((each) => Math.max(content.length + 4, smallest) <= each);
  if (!size) return null;
  const padded = new Uint8Array(size);
  padded.set(join(big(content.length, 4), content));
  return padded;
}

/** What `pad` was given. Throws where it was not made by it. */
export function unpad(padded) {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4) throw new RangeError("not padded by us");
  return padded.subarray(4, 4 + length);
}

/** An answer to a question of the desk, as an envelope of its own; null where it is too long. */
export async function answerEnvelope({ question, desk, token, text }) {
  const padded = pad(utf8(JSON.stringify({ version: 1, answer: text })), ANSWER_SIZE);
  if (padded?.length !== ANSWER_SIZE) return null;
  const before = join(utf8("WWA"), big(1, 1), fromUuid(question), fromUuid(desk.keyring), big(desk.key_version, 4));
  return sealedBehind({ before, token, padded, desk, info: ANSWER_INFO });
}

/** A header with the token in it, and the seal, which is bound to the header with the token's hash: all that is ever kept of a token. */
async function sealedBehind({ before, token, padded, desk, info }) {
  const length = big(padded.length + OVERHEAD, 4);
  const kept = join(before, await sha256(token), length);
  return join(before, token, length, await seal(fromText(desk.key), padded, join(utf8(info), kept)));
}

/** The envelope of `content` for a desk of the signed list; null where the content is too long. */
export async function envelope({ id, desk, region, level, token, now, content }) {
  const padded = pad(utf8(JSON.stringify(content)));
  if (!padded) return null;
  const before = join(
    utf8("WWT"),
    big(1, 1),
    fromUuid(id),
    fromUuid(desk.keyring),
    big(desk.key_version, 4),
    join(utf8(region), new Uint8Array(6 - region.length)),
    big(urgencyOf(level), 1),
    big(Math.floor(now / HOUR_MS), 4),
  );
  return sealedBehind({ before, token, padded, desk, info: INFO });
}
