import type { Result, Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';

/**
 * Finds the one handler of a path: by a look-up where the pattern has no parameter, else by Hono's own tree. Routes here answer and never
 * pass on, so that the first match is all, and Hono can call it without composing a chain.
 */
export class FirstMatchRouter<T> implements Router<T> {
  readonly name = 'FirstMatchRouter';
  readonly #fixed = new Map<string, Result<T>>();
  readonly #tree = new TrieRouter<T>();

  add(method: string, path: string, handler: T): void {
    const key = `${method} ${path}`;
    if (!/[:*{]/.test(path) && !this.#fixed.has(key)) this.#fixed.set(key, [[[handler, {}]]]);
    this.#tree.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    const fixed = this.#fixed.get(`${method} ${path}`);
    if (fixed) return fixed;
    const found = this.#tree.match(method, path);
    return found.length === 2 ? [found[0].slice(0, 1), found[1]] : [found[0].slice(0, 1)];
  }
}
