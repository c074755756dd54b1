// A value that can be watched: a component hears only of what it picked.

import { useEffect, useState } from "../vendor/htm-preact.js";

export class Store {
  #value;
  #heard = new Set();

  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  set value(value) {
    if (alike(value, this.#value)) return;
    this.#value = value;
    for (const hear of [...this.#heard]) hear(value);
  }

  subscribe(hear) {
    this.#heard.add(hear);
    return () => this.#heard.delete(hear);
  }
}

/** What `pick` makes of a store's value; draws again only when that has changed. */
export function useStore(store, pick = (value) => value) {
  const [, again] = useState(0);
  const now = pick(store.value);
  useEffect(() => {
    let last = now;
    const hear = (value) => {
      const next = pick(value);
      if (alike(next, last)) return;
      last = next;
      again((count) => count + 1);
    };
    hear(store.value);
    return store.subscribe(hear);
  }, [store, JSON.stringify(now)]);
  return now;
}

/** Whether two plain values hold the same. */
export function alike(one, other) {
  return Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);
}
