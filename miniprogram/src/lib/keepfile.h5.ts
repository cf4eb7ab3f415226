// In a browser photos that wait are kept in its own database, by name.
const STORE = 'photos'

function store<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('fen', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const asked = ask(opening.result.transaction(STORE, mode).objectStore(STORE))
      asked.onsuccess = () => {
        opening.result.close()
        resolve(asked.result)
      }
      asked.onerror = () => reject(asked.error)
    }
  })
}

/** A photo that outlives the page. */
export async function keepFile(filePath: string, name: string): Promise<string> {
  const photo = await (await fetch(filePath)).blob()
  await store('readwrite', photos => photos.put(photo, name))
  return name
}
export async function openFile(kept: string): Promise<string> {
  return URL.createObjectURL(await store<Blob>('readonly', photos => photos.get(kept)))
}
export function dropFile(kept: string) {
  void store('readwrite', photos => photos.delete(kept))
}
