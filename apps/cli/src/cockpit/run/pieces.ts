import type { Run, RunEvent } from '@mogplex/protocol';
import { createAnswerText, redactText } from '../redact.ts';
import type { RunPiece, RunView } from '../state/run.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';

/** A run as the platform describes it, fit to be shown. Its conversation comes with its events. */
export function runView(run: Run): RunView {
  const from = run.source === 'cli' ? 'the terminal' : run.source;
  return {
    id: sanitiseLine(run.id, 60),
    status: 'pending',
    title: redactText(sanitiseLine(run.title, 120)),
    agent: sanitiseLine(run.agent, 40),
    model: sanitiseLine(run.model, 120),
    repository: run.repository === undefined ? undefined : sanitiseLine(run.repository, 120),
    startedBy: redactText(sanitiseLine(`${run.startedBy.name} · ${from}`, 80)),
    createdAt: run.createdAt,
    endedAt: run.endedAt,
    cancelRequested: run.cancelRequestedAt !== undefined,
    usage: run.usage,
    lastSeq: 0,
    line: 'live',
    timeline: [],
  };
}

/** Makes what a run tells fit to be shown: no control of the terminal, no secret, also where an event cuts one in two. */
export class RunText {
  #answer = createAnswerText();

  pieces(event: RunEvent): RunPiece[] {
    if (event.type === 'message.delta') {
      const text = this.#answer.push(event.data.text);
      return text === '' ? [] : [{ type: 'text', seq: event.seq, text }];
    }
    const before = this.#answer.end();
    this.#answer = createAnswerText();
    const held: RunPiece[] = before === '' ? [] : [{ type: 'text', seq: event.seq, text: before }];
    return [...held, this.#piece(event)];
  }

  #piece(event: Exclude<RunEvent, { type: 'message.delta' }>): RunPiece {
    const { seq } = event;
    switch (event.type) {
      case 'status':
        return { type: 'status', seq, status: event.data.status, at: event.at };
      case 'message':
        return { type: 'message', seq, role: event.data.role, text: clean(event.data.text), truncated: event.data.truncated };
      case 'usage':
        return { type: 'usage', seq, usage: event.data };
      case 'error': {
        const { boundary, message, hint, requestId } = event.data;
        const rows = [`${boundary}: ${message}`, ...(hint === undefined ? [] : [hint]), `request ${requestId}`];
        return { type: 'notice', seq, level: 'error', text: clean(rows.join('\n')), cancelRequested: false, restarted: false };
      }
      case 'notice': {
        const { code, text } = event.data;
        const [cancelRequested, restarted] = [code === 'cancel_requested', code === 'restarted'];
        return { type: 'notice', seq, level: restarted ? 'warn' : 'info', text: clean(text), cancelRequested, restarted };
      }
    }
  }
}

const clean = (text: string): string => redactText(sanitise(text));
