// A recording that is not sent yet outlives a reload: it is kept in this browser alone, and for a short time.

const STORE = "recordings";
let opened;

/** Keep a file under a key until `until` (milliseconds since 1970). A browser that keeps nothing is no error. */
export async function keep(key, file, extra, until) {
  await within("readwrite", (store) => store.put({ file, extra, until }, key));
}

/** What is kept: `{file, extra, until}`, or null. What is too old is forgotten first, whatever its key. */
export async function kept(key) {
  await forgetOld();
  return (await within("readonly", (store) => store.get(key))) || null;
}

/** Forget it. */
export async function drop(key) {
  await within("readwrite", (store) => store.delete(key));
}

/** Forget all whose keys begin like this. */
export async function dropAll(beginning) {
  await within("readwrite", (store) => store.delete(IDBKeyRange.bound(beginning, `${beginning}\uffff`)));
}

async function forgetOld() {
  const all = (await within("readonly", (store) => store.getAllKeys())) || [];
  for (const key of all) {
    const found = await within("readonly", (store) => store.get(key));
    if (found && found.until < Date.now()) await drop(key);
  }
}

async function within(mode, act) {
  try {
    opened ||= open();
    const database = await opened;
    return await asked(act(database.transaction(STORE, mode).objectStore(STORE)));
  } catch {
    return undefined; // private windows, a full disk: then it is not kept
  }
}

function open() {
  const request = indexedDB.open("countenance", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return asked(request).then((database) => {
    // Whoever signs out in another tab wants it gone.
    database.onversionchange = () => {
      database.close();
      opened = undefined;
    };
    return database;
  });
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
