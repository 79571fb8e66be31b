import type { RunEvent } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import { type Answer, EMPTY, type Timeline, withEvents } from './timeline.ts';

type Content = RunEvent extends infer E ? (E extends RunEvent ? Pick<E, 'type' | 'data'> : never) : never;

const numbered = (contents: readonly Content[]): RunEvent[] =>
  contents.map((content, index) => ({ runId: 'run_1', seq: index + 1, at: index, ...content }) as RunEvent);

const delta = (text: string): Content => ({ type: 'message.delta', data: { text } });

const answers = ({ items }: Timeline): Answer[] => items.filter((item): item is Answer => item.kind === 'answer');

const pieced = (contents: readonly Content[], size: number): Timeline => {
  const events = numbered(contents);
  let timeline = EMPTY;
  for (let from = 0; from < events.length; from += size) timeline = withEvents(timeline, events.slice(from, from + size));
  return timeline;
};

describe('D7 what the events of a run amount to', () => {
  const history: Content[] = [
    { type: 'status', data: { status: 'running' } },
    { type: 'message', data: { role: 'user', text: 'hello', truncated: false } },
    ...Array.from({ length: 300 }, (_, index) => delta(`line ${index} ${'x'.repeat(40)}\n`)),
    { type: 'message', data: { role: 'assistant', text: 'line 0', truncated: true } },
    { type: 'usage', data: { inputTokens: 1, outputTokens: 2, costMicros: 3 } },
    { type: 'status', data: { status: 'succeeded' } },
  ];

  test.each([1, 7, 1_000])('D7 it is the same in pieces of %i, and an event that comes twice counts once', (size) => {
    const timeline = pieced(history, size);
    expect(timeline.items.map(({ kind }) => kind)).toEqual(['status', 'message', 'answer', 'status']);
    expect(answers(timeline)[0]?.parts.join('')).toBe(
      history.flatMap((event) => (event.type === 'message.delta' ? event.data.text : [])).join(''),
    );
    expect(timeline).toMatchObject({ status: 'succeeded', lastSeq: history.length, usage: { costMicros: 3 } });
    expect(withEvents(timeline, numbered(history))).toEqual(timeline);
  });

  test('D7 parts that are closed end with a line and stay the same objects; a line without end is cut', () => {
    const timeline = pieced(history, 50);
    const [answer] = answers(timeline);
    expect(answer?.parts.length).toBeGreaterThan(2);
    for (const part of answer?.parts.slice(0, -1) ?? []) expect(part.endsWith('\n')).toBe(true);
    const long = pieced([delta('x'.repeat(30_000)), delta('y'.repeat(30_000)), delta('z')], 1);
    expect(answers(long)[0]?.parts.map(({ length }) => length)).toEqual([60_000, 1]);
  });

  test('D7 what was said before the run began again does not count; an answer without pieces is shown whole', () => {
    const restarted = pieced([delta('old'), { type: 'notice', data: { code: 'restarted', text: 'again' } }, delta('new')], 1);
    expect(answers(restarted).map(({ parts, isVoid }) => [parts.join(''), isVoid])).toEqual([
      ['old', true],
      ['new', false],
    ]);
    const whole = pieced([{ type: 'message', data: { role: 'assistant', text: 'all', truncated: false } }], 1);
    expect(whole.items).toMatchObject([{ kind: 'message', role: 'assistant', text: 'all' }]);
  });
});
