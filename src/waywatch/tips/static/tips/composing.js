// From answers to one sealed tip and the words of its receipt. The words are kept nowhere.

import { toText } from "./bytes.js";
import { envelope } from "./envelope.js";
import { lookUpToken, newSecret, replyKey, toWords, wordList } from "./words.js";

/** `{ id, sealed, chunks, words }` for a desk of the signed list; `sealed` is null where it is too long. `source` says how it came, if not by phone page;
 * `sealPhotos` seals what was chosen, into `chunks`. */
export async function compose({ observation, language, level, desk, wordsAddress, source, sealPhotos }) {
  const all = await wordList(wordsAddress);
  const secret = newSecret();
  const { publicKey } = await replyKey(secret);
  const now = Date.now();
  const id = crypto.randomUUID();
  const token = await lookUpToken(secret);
  const { listed, chunks } = sealPhotos ? await sealPhotos({ tip: id, token }) : { chunks: [] };
  const sealed_at = new Date(now).toISOString();
  const photos = listed?.length ? listed : undefined;
  const content = { version: 1, language, sealed_at, reply_key: toText(publicKey), source, photos, observation };
  const region = /^[A-Z]{2}-[A-Z]{2}$/.test(observation.where?.region ?? "") ? observation.where.region : "";
  const sealed = await envelope({ id, desk, region, level, token, now, content });
  return { id, sealed, chunks, words: (await toWords(secret, all)).join(" ") };
}
