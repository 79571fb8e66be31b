import { isRunOver, type Run } from '@mogplex/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { cancelRun, readRun } from '../../api/runs.ts';
import { Confirm } from '../../components/confirm.tsx';
import { CopyButton } from '../../components/copy.tsx';
import { Note, Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { amount } from '../../money.ts';
import { useSignedIn } from '../../use-signed-in.ts';
import { Failure, Log } from './log.tsx';
import { type Feed, useFeed } from './use-feed.ts';
import { RunState, startedByWords } from './words.tsx';

/** One run: what is known of it, and its events as they happen. */
export const RunPage = () => {
  const { runId } = useParams({ from: '/runs/$runId' });
  const run = useQuery({ queryKey: ['run', runId], queryFn: () => readRun(runId), retry: false });
  useTitle(run.data === undefined ? 'Run' : run.data.title);
  return (
    <>
      <p className="text-sm">
        <Link to="/runs">All runs</Link>
      </p>
      {run.data === undefined ? (
        <>
          <h1 className="text-2xl font-semibold">Run</h1>
          <Problem error={run.error} />
        </>
      ) : (
        <Watched key={runId} run={run.data} />
      )}
    </>
  );
};

const Watched = ({ run }: { run: Run }) => {
  const queries = useQueryClient();
  const feed = useFeed(run.id);
  useSignedIn(feed.error);
  const { status = run.status, usage = run.usage } = feed.timeline;
  // Events know nothing of when a run ended and how it failed: it is read once more then, and after a cancel.
  const refresh = () => queries.invalidateQueries({ queryKey: ['run', run.id] });
  useEffect(() => {
    if (feed.isComplete) void queries.invalidateQueries({ queryKey: ['run', run.id] });
  }, [feed.isComplete, queries, run.id]);
  const cancel = useMutation({ mutationFn: () => cancelRun(run.id), onSuccess: refresh });
  const now = { ...run, status, usage };
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <h1 className="min-w-0 text-2xl font-semibold break-words">{run.title}</h1>
        {isRunOver(status) ? null : (
          <Confirm
            action="Cancel the run"
            title="Cancel this run?"
            busy={cancel.isPending || run.cancelRequestedAt !== undefined}
            onConfirm={() => cancel.mutate()}
          >
            It stops where it is. What it has used so far is charged, what it said stays here.
          </Confirm>
        )}
      </div>
      <Problem error={cancel.error} />
      <Facts run={now} />
      {run.error && !feed.timeline.items.some(({ kind }) => kind === 'error') ? <Failure error={run.error} /> : null}
      <Events feed={feed} isOver={isRunOver(status)} />
    </>
  );
};

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="flex min-w-0 flex-col">
    <dt className="text-xs text-soft">{name}</dt>
    <dd className="text-sm break-words">{children}</dd>
  </div>
);

const Facts = ({ run }: { run: Run }) => (
  <Section title="Run">
    <dl className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      <Fact name="Status">
        <output>
          <RunState run={run} />
        </output>
      </Fact>
      <Fact name="Id">
        <span className="flex flex-wrap items-center gap-2">
          <code className="break-all">{run.id}</code>
          <CopyButton text={run.id} what="the run id" />
        </span>
      </Fact>
      <Fact name="Model">
        <code>{run.model}</code>
      </Fact>
      <Fact name="Agent">{run.agent}</Fact>
      <Fact name="Started with">{startedByWords(run)}</Fact>
      <Fact name="Asked for">
        <Time at={run.createdAt} />
      </Fact>
      {run.endedAt === undefined ? null : (
        <Fact name="Ended">
          <Time at={run.endedAt} />
        </Fact>
      )}
      {run.repository === undefined ? null : <Fact name="Repository">{run.repository}</Fact>}
      <Fact name="Used">
        {run.usage.inputTokens} tokens in, {run.usage.outputTokens} out, {amount(run.usage.costMicros)}
      </Fact>
    </dl>
  </Section>
);

/** How near the end of the page counts as looking at it, in pixels. */
const NEAR = 120;

/** Keeps the end of the page in sight while it grows, for who was looking at it. */
const useEndInSight = (grows: unknown): void => {
  const atEnd = useRef(false);
  useEffect(() => {
    const look = (): void => {
      const page = document.documentElement;
      atEnd.current = page.scrollTop > 0 && page.scrollHeight - page.scrollTop - page.clientHeight < NEAR;
    };
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current) document.documentElement.scrollTop = document.documentElement.scrollHeight;
  }, [grows]);
};

const Events = ({ feed: { timeline, lost, error, isComplete }, isOver }: { feed: Feed; isOver: boolean }) => {
  useEndInSight(timeline);
  return (
    <Section title="Events">
      {timeline.items.length === 0 && error === undefined ? <Empty>Nothing has happened yet.</Empty> : null}
      <Log items={timeline.items} />
      {lost === undefined ? null : <Note>The line to the platform is lost. It is tried again, and nothing is missed.</Note>}
      <Problem error={error} />
      {isComplete || isOver || error !== undefined ? null : <p className="text-sm text-soft">More comes as it happens.</p>}
    </Section>
  );
};
