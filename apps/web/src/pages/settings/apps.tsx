import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endApp, listApps } from '../../api/settings.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';

/** Every terminal and application that is signed in to the account, each with its end button. */
export const AppsPage = () => {
  useTitle('Connected apps and terminals');
  const queries = useQueryClient();
  const apps = useQuery({ queryKey: ['apps'], queryFn: listApps });
  const end = useMutation({ mutationFn: endApp, onSuccess: () => queries.invalidateQueries({ queryKey: ['apps'] }) });
  return (
    <>
      <h1 className="text-2xl font-semibold">Connected apps and terminals</h1>
      <Section title="Signed in now" about="Ending one takes its tokens away at once; it has to sign in again.">
        <Problem error={apps.error ?? end.error} />
        {apps.data?.items.length === 0 ? (
          <Empty>
            No terminal is signed in. Run <code>mogplex</code> and choose “Sign in with Mogplex”.
          </Empty>
        ) : null}
        <ul className="flex flex-col divide-y divide-line">
          {apps.data?.items.map((app) => {
            const name = app.deviceName === null ? app.client.name : `${app.client.name} on ${app.deviceName}`;
            return (
              <li key={app.id} className="flex flex-wrap items-center justify-between gap-3 py-3">
                <div className="min-w-0 text-sm">
                  <p className="font-medium break-words">{name}</p>
                  <p className="text-soft">
                    {app.scopes.join(', ')} · since <Time at={app.createdAt} />
                    {app.address === null ? null : ` from ${app.address}`} ·{' '}
                    {app.lastUsedAt === null ? (
                      'not used yet'
                    ) : (
                      <>
                        used <Time at={app.lastUsedAt} />
                      </>
                    )}
                  </p>
                </div>
                <Confirm
                  action="End"
                  subject={name}
                  title={`End ${name}?`}
                  busy={end.isPending && end.variables === app.id}
                  onConfirm={() => end.mutate(app.id)}
                >
                  Its next call is refused and says that the sign-in was ended here.
                </Confirm>
              </li>
            );
          })}
        </ul>
      </Section>
    </>
  );
};
