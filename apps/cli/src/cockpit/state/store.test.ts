import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { initialState } from './state.ts';
import { createStore } from './store.ts';

const header = { repository: 'r', branch: undefined, model: 'm', credential: '', overridden: false, mode: 'ask', connection: 'direct' };

describe('the store', () => {
  test('gathers what a model says and tells it once', async () => {
    const store = createStore(initialState(header));
    let told = 0;
    store.subscribe(() => (told += 1));
    store.update((state) => ({ ...state, turn: 'waiting' }));
    for (let at = 0; at < 400; at += 1) store.push({ type: 'text', text: `${at} ` });
    store.push({ type: 'usage', model: 'm', inputTokens: 3, outputTokens: 4, cost: 0.5 });
    store.push({ type: 'usage', model: 'm', inputTokens: 1, outputTokens: 1, cost: 0.25 });
    store.push({ type: 'end', how: 'done' });
    expect(told).toBe(1);
    await expect.poll(() => told).toBe(2);
    await sleep(60);
    expect(told).toBe(2);
    const { timeline, turn, usage } = store.get();
    expect(timeline).toHaveLength(1);
    expect(timeline[0]).toMatchObject({ kind: 'answer', state: 'done' });
    expect(turn).toBe('idle');
    expect(usage).toEqual([{ model: 'm', requests: 2, inputTokens: 4, outputTokens: 5, cost: 0.75 }]);
  });

  test('tells a flood in several pictures, none of them late for a key, and in order', async () => {
    const store = createStore(initialState(header));
    const lengths: number[] = [];
    const text = (): string =>
      store
        .get()
        .timeline.map((item) => ('text' in item ? item.text : ''))
        .join('');
    store.subscribe(() => lengths.push(text().length));
    const said = Array.from({ length: 2_000 }, (_, at) => `${at} `);
    for (const piece of said) store.push({ type: 'text', text: piece });
    store.aside((state) => ({ ...state, now: 5 }));
    expect(lengths).toEqual([0]);
    await expect.poll(() => lengths.length).toBeGreaterThan(1);
    expect(text().length).toBeLessThan(said.join('').length);
    store.update((state) => ({ ...state, focus: 'timeline' }));
    expect(text()).toBe(said.join(''));
  });

  test('a key is shown at once, after what was said before it', () => {
    const store = createStore(initialState(header));
    store.push({ type: 'reasoning', text: 'hm' });
    store.push({ type: 'text', text: 'so' });
    store.push({ type: 'tool-call', name: 'read', input: '{}' });
    store.push({ type: 'text', text: 'then' });
    store.update((state) => ({ ...state, focus: 'timeline' }));
    expect(store.get().timeline.map((item) => item.kind)).toEqual(['reasoning', 'answer', 'tool', 'answer']);
  });
});
