import { isRunOver, type Run, RUN_STATUSES, type RunStatus } from '@mogplex/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { listRuns } from '../../api/runs.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/choice.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { amount } from '../../money.ts';
import { useSignedIn } from '../../use-signed-in.ts';
import { StartRun } from './start.tsx';
import { RunState, startedByWords } from './words.tsx';

const ALL = 'all';
const FILTERS = [[ALL, 'all'], ...RUN_STATUSES.map((status): [string, string] => [status, status])] as const;

const isStatus = (value: string): value is RunStatus => RUN_STATUSES.some((status) => status === value);

/** Milliseconds between two looks at one page of the list: sooner while something happens. */
const BUSY = 4_000;
const QUIET = 20_000;

/** The runs of the account: start one, see where they stand. */
export const RunsPage = () => {
  useTitle('Runs');
  return (
    <>
      <h1 className="text-2xl font-semibold">Runs</h1>
      <StartRun />
      <RunList />
    </>
  );
};

const useRuns = (filter: string) =>
  useInfiniteQuery({
    queryKey: ['runs', filter],
    queryFn: ({ pageParam }) =>
      listRuns({ ...(isStatus(filter) ? { status: filter } : {}), ...(pageParam === undefined ? {} : { cursor: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // Every page that is shown is asked for anew, so more of them are asked for less often.
    refetchInterval: ({ state: { data } }) => {
      const pages = data?.pages ?? [];
      const busy = pages.some(({ items }) => items.some(({ status }) => !isRunOver(status)));
      return (busy ? BUSY : QUIET) * Math.max(1, pages.length);
    },
  });

const RunList = () => {
  const [filter, setFilter] = useState<string>(ALL);
  const runs = useRuns(filter);
  useSignedIn(runs.error);
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title="All runs">
      <Choice label="Status" options={FILTERS} value={filter} onValue={setFilter} />
      <Problem error={runs.error} />
      {runs.data && items.length === 0 ? (
        <Empty>
          {filter === ALL ? (
            <>
              No run yet. Start one above, or in a terminal: <code>mogplex runs start "..." --follow</code>
            </>
          ) : (
            `No run is ${filter}.`
          )}
        </Empty>
      ) : null}
      <ul className="flex flex-col divide-y divide-line">
        {items.map((run) => (
          <Row key={run.id} run={run} minute={Math.floor(runs.dataUpdatedAt / 60_000)} />
        ))}
      </ul>
      {runs.hasNextPage ? (
        <Button busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()} className="self-start">
          Show older runs
        </Button>
      ) : null}
    </Section>
  );
};

/** One run. @param minute changes once a minute, so that times are told anew */
const Row = ({ run, minute }: { run: Run; minute: number }) => (
  <li className="flex flex-col gap-1 py-3 text-sm">
    <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
      <Link to="/runs/$runId" params={{ runId: run.id }} className="min-w-0 font-medium break-words">
        {run.title}
      </Link>
      <span>
        <RunState run={run} />
      </span>
    </div>
    <p className="text-soft">
      <code>{run.model}</code> · {startedByWords(run)} · <Time key={minute} at={run.createdAt} /> · {amount(run.usage.costMicros)}
      {run.repository === undefined ? null : ` · ${run.repository}`}
    </p>
    {run.error === undefined ? null : (
      <p>
        {run.error.message} [{run.error.boundary}]
      </p>
    )}
  </li>
);
