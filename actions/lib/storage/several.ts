// Several stores as one: read from the first that has the bytes, written to the first. A store that lies is passed over
// while another has them.
import type { Store } from '#lib/storage/store.ts';

/** @param stores in the order in which they are asked; at least one. */
export function openSeveralStores(stores: readonly [Store, ...Store[]]): Store {
  return {
    read: async digest => {
      let lie: unknown;
      for (const store of stores) {
        try {
          const bytes = await store.read(digest);
          if (bytes) return bytes;
        } catch (error) {
          lie ??= error;
        }
      }
      if (lie !== undefined) throw lie;
      return undefined;
    },
    write: bytes => stores[0].write(bytes),
  };
}
