import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { readAccount } from '../../api/account.ts';
import {
  deleteTeam,
  invite,
  readTeam,
  removeMember,
  ROLES,
  type Role,
  setRole,
  type TeamDetail,
  withdrawInvitation,
} from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/choice.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Field } from '../../components/field.tsx';
import { FreshProblem } from '../../components/fresh.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { Time } from '../../components/time.tsx';
import { ServiceAccounts } from './service-accounts.tsx';

const ROLE_CHOICES = ROLES.map((role) => [role, role] as const);

/** One team: its members, its invitations, its end. */
export const TeamPage = () => {
  const { teamId } = useParams({ from: '/settings/teams/$teamId' });
  const team = useQuery({ queryKey: ['team', teamId], queryFn: () => readTeam(teamId) });
  useTitle(team.data?.name ?? 'Team');
  if (!team.data) return <Problem error={team.error} />;
  const manages = team.data.role === 'owner' || team.data.role === 'admin';
  return (
    <>
      <h1 className="text-2xl font-semibold break-words">{team.data.name}</h1>
      <Members team={team.data} manages={manages} />
      {manages ? <Invitations team={team.data} /> : null}
      {manages ? <ServiceAccounts teamId={team.data.id} /> : null}
      {team.data.personal ? null : <Leaving team={team.data} />}
      {team.data.role === 'owner' && !team.data.personal ? <Deletion team={team.data} /> : null}
    </>
  );
};

const useRefresh = (id: string) => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['team', id] });
};

const Members = ({ team, manages }: { team: TeamDetail; manages: boolean }) => {
  const refresh = useRefresh(team.id);
  const change = useMutation({ mutationFn: ({ id, role }: { id: string; role: Role }) => setRole(team.id, id, role), onSettled: refresh });
  const remove = useMutation({ mutationFn: (id: string) => removeMember(team.id, id), onSettled: refresh });
  return (
    <Section title="Members">
      <FreshProblem error={change.error ?? remove.error} />
      <ul className="flex flex-col divide-y divide-line">
        {team.members.map((member) => (
          <li key={member.id} className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm">
            <div className="min-w-0">
              <p className="font-medium break-words">{member.name}</p>
              <p className="break-all text-soft">
                {member.email}
                {member.emailVerified ? '' : ' (entered by this person, not proven)'}
              </p>
            </div>
            {manages ? (
              <div className="flex flex-wrap items-end gap-2">
                <Choice
                  label={`Role of ${member.name}`}
                  options={ROLE_CHOICES}
                  value={member.role}
                  onValue={(role) => change.mutate({ id: member.id, role: role as Role })}
                />
                <Confirm
                  action="Remove"
                  subject={member.name}
                  title={`Remove ${member.name}?`}
                  busy={remove.isPending && remove.variables === member.id}
                  onConfirm={() => remove.mutate(member.id)}
                >
                  {member.email} loses access to what belongs to {team.name}.
                </Confirm>
              </div>
            ) : (
              <span className="text-soft">{member.role}</span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
};

const Invitations = ({ team }: { team: TeamDetail }) => {
  const refresh = useRefresh(team.id);
  const [email, setEmail] = useState('');
  const [role, setNewRole] = useState<Role>('member');
  const send = useMutation({
    mutationFn: () => invite(team.id, { email, role }),
    onSuccess: async () => {
      setEmail('');
      await refresh();
    },
  });
  const withdraw = useMutation({ mutationFn: (id: string) => withdrawInvitation(team.id, id), onSettled: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Section title="Invitations" about="A link for one address, good for one use. Give it to the person yourself.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Email of the person" name="invite-email" type="email" autoComplete="off" required value={email} onValue={setEmail} />
        <Choice label="Role" options={ROLE_CHOICES} value={role} onValue={(value) => setNewRole(value as Role)} />
        <FreshProblem error={send.error ?? withdraw.error} />
        <Button type="submit" look="primary" busy={send.isPending} className="self-start">
          Make an invitation link
        </Button>
      </form>
      {send.data ? <ShownOnce what="the link" secret={send.data.link} /> : null}
      {team.invitations?.length === 0 ? <Empty>No invitation is open.</Empty> : null}
      <ul className="flex flex-col divide-y divide-line">
        {team.invitations?.map((invitation) => (
          <li key={invitation.id} className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm">
            <p className="min-w-0 break-all">
              {invitation.email} <span className="text-soft">({invitation.role})</span> expires <Time at={invitation.expiresAt} />
            </p>
            <Confirm
              action="Withdraw"
              subject={`the invitation of ${invitation.email}`}
              title="Withdraw this invitation?"
              busy={withdraw.isPending && withdraw.variables === invitation.id}
              onConfirm={() => withdraw.mutate(invitation.id)}
            >
              Its link stops working.
            </Confirm>
          </li>
        ))}
      </ul>
    </Section>
  );
};

const Leaving = ({ team }: { team: TeamDetail }) => {
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount });
  const leave = useMutation({ mutationFn: (id: string) => removeMember(team.id, id), onSuccess: () => location.assign('/settings/teams') });
  const id = account.data?.id;
  if (id === undefined) return null;
  return (
    <Section title="Leave the team">
      <Problem error={leave.error} />
      <div>
        <Confirm action="Leave" subject={team.name} title={`Leave ${team.name}?`} busy={leave.isPending} onConfirm={() => leave.mutate(id)}>
          You lose access to what belongs to it, until somebody invites you again.
        </Confirm>
      </div>
    </Section>
  );
};

const Deletion = ({ team }: { team: TeamDetail }) => {
  const remove = useMutation({ mutationFn: () => deleteTeam(team.id), onSuccess: () => location.assign('/settings/teams') });
  return (
    <Section title="Delete the team">
      <FreshProblem error={remove.error} />
      <div>
        <Confirm
          action="Delete"
          subject={team.name}
          title={`Delete ${team.name}?`}
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
        >
          Its members lose what belongs to it. This cannot be undone.
        </Confirm>
      </div>
    </Section>
  );
};
