import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endOtherSessions, endSession, listSessions } from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Problem } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';

/** `Firefox on Linux` from a User-Agent header; unknown ones are cut, never trusted. */
const browserName = (userAgent: string | null): string => {
  if (userAgent === null) return 'Unknown browser';
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(userAgent)?.[1];
  if (browser === undefined) return userAgent.slice(0, 60);
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser;
  return system === undefined ? name : `${name} on ${system}`;
};

/** The browsers that are signed in to the account. */
export const Sessions = () => {
  const queries = useQueryClient();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: listSessions });
  const refresh = () => queries.invalidateQueries({ queryKey: ['sessions'] });
  const end = useMutation({ mutationFn: endSession, onSuccess: refresh });
  const endOthers = useMutation({ mutationFn: endOtherSessions, onSuccess: refresh });
  const others = sessions.data?.items.filter((session) => !session.current) ?? [];
  return (
    <Section title="Sessions" about="Browsers that are signed in. Terminals stand under Connected apps and terminals.">
      <Problem error={sessions.error ?? end.error ?? endOthers.error} />
      <ul className="flex flex-col divide-y divide-line">
        {sessions.data?.items.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center justify-between gap-3 py-3">
            <div className="text-sm">
              <p className="font-medium break-words">
                {browserName(session.userAgent)}
                {session.current ? ' (this one)' : ''}
              </p>
              <p className="text-soft">
                since <Time at={session.createdAt} />
                {session.address === null ? null : ` from ${session.address}`}
              </p>
            </div>
            {session.current ? null : (
              <Confirm
                action="End"
                subject={browserName(session.userAgent)}
                title="End this session?"
                busy={end.isPending && end.variables === session.id}
                onConfirm={() => end.mutate(session.id)}
              >
                That browser has to sign in again.
              </Confirm>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 ? (
        <Button busy={endOthers.isPending} onClick={() => endOthers.mutate()} className="self-start">
          End all other sessions
        </Button>
      ) : null}
    </Section>
  );
};
