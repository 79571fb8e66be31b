import type { Connection } from '@mogplex/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  beginApproval,
  changeConnection,
  createConnection,
  deleteConnection,
  listConnections,
  testConnection,
} from '../../api/connections.ts';
import { listTeams } from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/choice.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Note, Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { changeOf, draftOf, emptyDraft, newOf } from './connection-draft.ts';
import { ConnectionFields } from './connection-form.tsx';

const KEY = ['connections'];

/** Connections to REST APIs and MCP servers: what agents may call, how it stands, and a test of each. */
export const ConnectionsPage = () => {
  useTitle('Connections');
  const teams = useQuery({ queryKey: ['teams'], queryFn: listTeams });
  const connections = useQuery({ queryKey: KEY, queryFn: listConnections });
  const managed = teams.data?.items.filter(({ role }) => role === 'owner' || role === 'admin') ?? [];
  return (
    <>
      <h1 className="text-2xl font-semibold">Connections</h1>
      <p className="text-sm text-soft">
        REST APIs and MCP servers that your agents may call. Credentials are sealed in the store, opened when a call or a sync needs them,
        and never shown.
      </p>
      <Section title="Your connections">
        <Problem error={connections.error ?? teams.error} />
        {connections.data?.length === 0 ? (
          <Empty>No connection yet. Add an MCP server below: the terminal of everybody in the team finds it at its next start.</Empty>
        ) : null}
        <ul className="flex flex-col divide-y divide-line">
          {connections.data?.map((connection) => (
            <ConnectionItem
              key={connection.id}
              connection={connection}
              team={teams.data?.items.find(({ id, personal }) => id === connection.teamId && !personal)?.name}
              mayChange={managed.some(({ id }) => id === connection.teamId)}
              mayUse={teams.data?.items.some(({ id, role }) => id === connection.teamId && role !== 'viewer') ?? false}
            />
          ))}
        </ul>
      </Section>
      {managed.length === 0 ? null : <NewConnectionForm teams={managed} />}
    </>
  );
};

const HEALTH: Record<Connection['health']['status'], string> = {
  unknown: 'not tested yet',
  ok: 'in order',
  refused: 'credential refused',
  blocked: 'address not allowed',
  failing: 'failing',
};

const authText = (auth: Connection['auth']): string => {
  switch (auth.type) {
    case 'none':
      return 'no authentication';
    case 'bearer':
      return `bearer token ${auth.hint}`;
    case 'api_key':
      return `key ${auth.hint} in ${auth.header}`;
    case 'basic':
      return `user ${auth.username}`;
    case 'oauth':
      return { connected: 'OAuth, connected', not_connected: 'OAuth, not connected yet', reconnect: 'OAuth, connect it again' }[
        auth.status
      ];
  }
};

const scopeText = ({ scope, repositories, excludedRepositories: excluded }: Connection): string => {
  const where = scope === 'global' ? 'everywhere' : repositories.length === 0 ? 'for no repository yet' : `for ${repositories.join(', ')}`;
  return excluded.length === 0 ? where : `${where}, but not for ${excluded.join(', ')}`;
};

interface ItemProps {
  connection: Connection;
  /** Name of a shared team. */
  team: string | undefined;
  mayChange: boolean;
  mayUse: boolean;
}

const ConnectionItem = ({ connection, team, mayChange, mayUse }: ItemProps) => {
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const test = useMutation({ mutationFn: testConnection, onSuccess: refresh });
  const remove = useMutation({ mutationFn: deleteConnection, onSuccess: refresh });
  const approve = useMutation({ mutationFn: beginApproval, onSuccess: ({ address }) => location.assign(address) });
  const { id, name, kind, url, auth, enabled, health } = connection;
  const tools = test.data?.tools;
  const connectLabel = auth.type === 'oauth' && auth.status === 'connected' ? 'Connect again' : 'Connect';
  return (
    <li className="flex flex-col gap-3 py-4">
      <div className="min-w-0 text-sm">
        <h3 className="font-medium break-words">
          {name} <span className="font-normal text-soft">{kind === 'mcp' ? 'MCP server' : 'REST API'}</span>
        </h3>
        <p className="font-mono text-xs break-all text-soft">{url}</p>
        <p className="text-soft">
          {authText(auth)} · {scopeText(connection)}
          {team === undefined ? '' : ` · team ${team}`}
          {enabled ? '' : ' · switched off'}
        </p>
        <p className={health.status === 'ok' || health.status === 'unknown' ? '' : 'text-danger'}>
          {HEALTH[health.status]}
          {health.checkedAt === null ? null : (
            <>
              , tested <Time at={health.checkedAt} />
            </>
          )}
          {health.note === null ? null : `: ${health.note}`}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {mayUse ? (
          <Button busy={test.isPending} aria-label={`Test ${name}`} onClick={() => test.mutate(id)}>
            Test
          </Button>
        ) : null}
        {mayChange && auth.type === 'oauth' ? (
          <Button busy={approve.isPending} aria-label={`${connectLabel} ${name}`} onClick={() => approve.mutate(id)}>
            {connectLabel}
          </Button>
        ) : null}
        {mayChange ? (
          <>
            <Button aria-label={`Edit ${name}`} aria-expanded={editing} onClick={() => setEditing(!editing)}>
              Edit
            </Button>
            <Confirm action="Delete" subject={name} title={`Delete ${name}?`} busy={remove.isPending} onConfirm={() => remove.mutate(id)}>
              Its credential is forgotten, and agents and terminals lose it. This cannot be undone.
            </Confirm>
          </>
        ) : null}
      </div>
      {tools === undefined || tools.length === 0 ? null : <Note>Its tools: {tools.join(', ')}</Note>}
      <Problem error={test.error ?? remove.error ?? approve.error} />
      {editing ? <EditForm connection={connection} onDone={() => setEditing(false)} /> : null}
    </li>
  );
};

const EditForm = ({ connection, onDone }: { connection: Connection; onDone: () => void }) => {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(connection));
  const change = useMutation({
    mutationFn: changeConnection,
    onSettled: () => setDraft((now) => ({ ...now, secret: '' })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: KEY });
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ id: connection.id, ...changeOf(draft) });
  };
  return (
    <form onSubmit={submit} aria-label={`Edit ${connection.name}`} className="flex flex-col gap-4 border-l-2 border-line pl-4">
      <ConnectionFields draft={draft} onDraft={setDraft} stored />
      <Problem error={change.error} />
      <Button type="submit" look="primary" busy={change.isPending} className="self-start">
        Save
      </Button>
    </form>
  );
};

const NewConnectionForm = ({ teams }: { teams: readonly { id: string; name: string; personal: boolean }[] }) => {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(emptyDraft);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [teamId, setTeamId] = useState(() => (teams.find(({ personal }) => personal) ?? teams[0])?.id);
  const create = useMutation({
    mutationFn: createConnection,
    onSettled: () => setKey(crypto.randomUUID()),
    onSuccess: async ({ id, auth }) => {
      setDraft(emptyDraft);
      await queries.invalidateQueries({ queryKey: KEY });
      // What is new shows at once how it stands; what has to be approved first cannot be tested yet.
      if (auth.type === 'oauth') return;
      await testConnection(id).catch(() => undefined);
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ key, ...newOf(draft, teamId) });
  };
  return (
    <Section title="New connection">
      <form onSubmit={submit} aria-label="New connection" className="flex flex-col gap-4">
        <ConnectionFields draft={draft} onDraft={setDraft} stored={false} />
        {teams.length > 1 ? (
          <Choice
            label="Belongs to"
            options={teams.map(({ id, name, personal }) => [id, personal ? 'you alone' : name] as const)}
            value={teamId ?? ''}
            onValue={setTeamId}
          />
        ) : null}
        <Problem error={create.error} />
        {create.data?.auth.type === 'oauth' ? <Note>Now press Connect beside it, and approve it at its server.</Note> : null}
        <Button type="submit" look="primary" busy={create.isPending} className="self-start">
          Add the connection
        </Button>
      </form>
    </Section>
  );
};
