import { describe, expect, test } from 'vitest';
import { reduceTurn } from './reduce.ts';
import type { RunPiece, RunView } from './run.ts';
import { type CockpitState, initialState } from './state.ts';

const RUN: RunView = {
  id: 'run_1',
  status: 'pending',
  title: 't',
  agent: 'chat',
  model: 'openai/gpt-5',
  repository: undefined,
  startedBy: 'test',
  createdAt: 1,
  endedAt: undefined,
  cancelRequested: false,
  usage: { inputTokens: 0, outputTokens: 0, costMicros: 0 },
  lastSeq: 0,
  line: 'live',
  timeline: [],
};

const header = { repository: 'r', branch: undefined, model: 'm', credential: '', overridden: false, mode: 'ask', connection: 'direct' };
const watching: CockpitState = { ...initialState(header), run: RUN, timeline: [{ id: 90, kind: 'user', text: 'mine' }], nextId: 91 };

const after = (pieces: readonly RunPiece[]): RunView | undefined =>
  reduceTurn(
    watching,
    pieces.map((event) => ({ type: 'run', event })),
  ).run;

describe('a run that is watched', () => {
  test('becomes a conversation of its own, beside the person’s', () => {
    const state = reduceTurn(watching, [
      { type: 'run', event: { type: 'status', seq: 1, status: 'running', at: 2 } },
      { type: 'run', event: { type: 'message', seq: 2, role: 'user', text: 'go', truncated: false } },
      { type: 'run', event: { type: 'text', seq: 3, text: 'one ' } },
      { type: 'run', event: { type: 'text', seq: 4, text: 'two' } },
      { type: 'run', event: { type: 'message', seq: 5, role: 'assistant', text: 'one two', truncated: false } },
      { type: 'run', event: { type: 'usage', seq: 6, usage: { inputTokens: 3, outputTokens: 2, costMicros: 5 } } },
      { type: 'run', event: { type: 'status', seq: 7, status: 'succeeded', at: 9 } },
    ]);
    expect(state.timeline).toEqual(watching.timeline);
    expect(state.run).toMatchObject({ status: 'succeeded', lastSeq: 7, line: 'closed', endedAt: 9, usage: { costMicros: 5 } });
    expect(state.run?.timeline).toEqual([
      { id: 91, kind: 'user', text: 'go' },
      { id: 92, kind: 'answer', text: 'one two', state: 'done' },
    ]);
  });

  test('an answer without pieces is taken from its message; one that was begun anew is marked', () => {
    const run = after([
      { type: 'text', seq: 1, text: 'void' },
      { type: 'notice', seq: 2, level: 'warn', text: 'again', cancelRequested: false, restarted: true },
      { type: 'message', seq: 3, role: 'assistant', text: 'whole', truncated: true },
    ]);
    expect(run?.timeline).toMatchObject([
      { kind: 'answer', text: 'void', state: 'failed' },
      { kind: 'notice', text: 'again' },
      { kind: 'answer', text: 'whole', state: 'done' },
    ]);
  });

  test.each([
    ['cancelled', 'interrupted'],
    ['failed', 'failed'],
    ['succeeded', 'done'],
  ] as const)('%s ends an open answer as %s', (status, state) => {
    const run = after([
      { type: 'text', seq: 1, text: 'half' },
      { type: 'line', line: 'lost' },
      { type: 'line', line: 'live' },
      { type: 'status', seq: 2, status, at: 5 },
    ]);
    expect(run?.timeline).toMatchObject([{ kind: 'answer', state }]);
    expect(run?.line).toBe('closed');
  });
});
