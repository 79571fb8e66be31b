import type { RunError } from '@mogplex/protocol';
import { memo } from 'react';
import { CopyButton } from '../../components/copy.tsx';
import type { Answer, Item } from './timeline.ts';
import { Status } from './words.tsx';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Lines as they came: never read as markup, and drawn only while they are in sight. */
const Part = memo(({ text }: { text: string }) => (
  <div className="whitespace-pre-wrap [contain-intrinsic-size:auto_20rem] [content-visibility:auto]">{text}</div>
));

const AnswerText = ({ answer }: { answer: Answer }) => (
  <>
    {answer.isVoid ? <p className="text-sm text-soft">This part does not count: the run began again.</p> : null}
    <div data-answer className={`text-sm leading-relaxed ${answer.isVoid ? 'text-soft line-through' : ''}`}>
      {answer.parts.map((text, index) => (
        // Parts are only ever added at the end.
        <Part key={index} text={text} />
      ))}
    </div>
  </>
);

/** Why a run failed: where, what to do, and the id that finds it in the platform's log. */
export const Failure = ({ error }: { error: RunError }) => (
  <div role="alert" className="flex flex-col gap-1 rounded-md border border-danger bg-card p-3 text-sm">
    <p className="font-medium text-danger">
      {error.message} [{error.boundary}]
    </p>
    {error.hint === undefined ? null : <p>{error.hint}</p>}
    <p className="flex flex-wrap items-center gap-2">
      <span className="font-mono text-xs text-soft">request {error.requestId}</span>
      <CopyButton text={error.requestId} what="the request id" />
    </p>
  </div>
);

const Body = ({ item }: { item: Item }) => {
  switch (item.kind) {
    case 'answer':
      return <AnswerText answer={item} />;
    case 'status':
      return (
        <p className="text-sm">
          The run is <Status status={item.status} />.
        </p>
      );
    case 'message':
      return (
        <p className="text-sm whitespace-pre-wrap">
          {item.text}
          {item.truncated ? ' … (cut)' : null}
        </p>
      );
    case 'notice':
      return <p className="text-sm">{item.text}</p>;
    case 'error':
      return <Failure error={item.error} />;
  }
};

const NAMES: Record<Item['kind'], string> = { answer: 'Answer', status: 'Status', message: 'Message', notice: 'Notice', error: 'Error' };

const nameOf = (item: Item): string => (item.kind === 'message' ? (item.role === 'user' ? 'Prompt' : 'Answer') : NAMES[item.kind]);

const Row = memo(({ item }: { item: Item }) => (
  <li className="flex flex-col gap-1 py-3">
    <p className="text-xs text-soft">
      {nameOf(item)} · <time dateTime={new Date(item.at).toISOString()}>{clock.format(item.at)}</time>
    </p>
    <Body item={item} />
  </li>
));

/** What happened in a run, in order. */
export const Log = ({ items }: { items: readonly Item[] }) => (
  <ol className="flex flex-col divide-y divide-line">
    {items.map((item) => (
      <Row key={item.seq} item={item} />
    ))}
  </ol>
);
