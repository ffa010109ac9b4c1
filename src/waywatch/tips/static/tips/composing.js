// From answers to one sealed tip and the words of its receipt. The words are kept nowhere.

import { toText } from "./bytes.js";
import { envelope } from "./envelope.js";
import { lookUpToken, newSecret, replyKey, toWords, wordList } from "./words.js";

/** `{ id, sealed, words }` for a desk of the signed list; `sealed` is null where it is too long. `source` says how it came, if not by phone page. */
export async function compose({ observation, language, level, desk, wordsAddress, source }) {
  const all = await wordList(wordsAddress);
  const secret = newSecret();
  const { publicKey } = await replyKey(secret);
  const now = Date.now();
  const id = crypto.randomUUID();
  const content = { version: 1, language, sealed_at: new Date(now).toISOString(), reply_key: toText(publicKey), source, observation };
  const region = /^[A-Z]{2}-[A-Z]{2}$/.test(observation.where?.region ?? "") ? observation.where.region : "";
  const sealed = await envelope({ id, desk, region, level, token: await lookUpToken(secret), now, content });
  return { id, sealed, words: (await toWords(secret, all)).join(" ") };
}
