// What this page keeps on the phone, in three stores: the draft, the sealed tips that wait, and the root key seen first.

const STORES = ["draft", "queue", "pins"];

export function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function open() {
  const request = indexedDB.open("notice", 1);
  request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
  return asked(request);
}

/** Use one store within a transaction of its own. What is written is on the disk before the promise resolves. */
export async function inStore(name, mode, use) {
  const database = await open();
  try {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    const result = await use(transaction.objectStore(name));
    await done;
    return result;
  } finally {
    database.close();
  }
}
