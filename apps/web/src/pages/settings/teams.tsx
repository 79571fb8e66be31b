import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { createTeam, listTeams } from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';

/** The teams that the account belongs to, and a form for another one. */
export const TeamsPage = () => {
  useTitle('Teams');
  const teams = useQuery({ queryKey: ['teams'], queryFn: listTeams });
  const shared = teams.data?.items.filter((team) => !team.personal);
  return (
    <>
      <h1 className="text-2xl font-semibold">Teams</h1>
      <Section title="Your teams">
        <Problem error={teams.error} />
        {shared?.length === 0 ? <Empty>You share no team yet. Make one below, then invite people to it.</Empty> : null}
        <ul className="flex flex-col divide-y divide-line">
          {shared?.map((team) => (
            <li key={team.id} className="flex items-center justify-between gap-3 py-3 text-sm">
              <Link to="/settings/teams/$teamId" params={{ teamId: team.id }} className="break-words">
                {team.name}
              </Link>
              <span className="text-soft">{team.role}</span>
            </li>
          ))}
        </ul>
      </Section>
      <NewTeam />
    </>
  );
};

const NewTeam = () => {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const work = useMutation({
    mutationFn: createTeam,
    onSuccess: async () => {
      setName('');
      await queries.invalidateQueries({ queryKey: ['teams'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(name);
  };
  return (
    <Section title="New team">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name of the team" name="team-name" required maxLength={80} value={name} onValue={setName} />
        <Problem error={work.error} />
        <Button type="submit" look="primary" busy={work.isPending} className="self-start">
          Make the team
        </Button>
      </form>
    </Section>
  );
};
