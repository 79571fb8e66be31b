import { Link } from '@tanstack/react-router';
import { Site } from '../../components/site.tsx';
import { Notices } from './notices.tsx';

const PAGES = [
  ['/settings', 'Profile'],
  ['/settings/security', 'Sign-in and sessions'],
  ['/settings/github', 'GitHub'],
  ['/settings/tokens', 'Access tokens'],
  ['/settings/apps', 'Connected apps and terminals'],
  ['/settings/models', 'Models and usage'],
  ['/settings/api-keys', 'API Keys'],
  ['/settings/connections', 'Connections'],
  ['/settings/teams', 'Teams'],
] as const;

/** The frame of every settings page: the way to the others, and notices. */
export const SettingsFrame = () => (
  <Site
    before={<Notices />}
    nav={
      <nav aria-label="Settings" className="flex flex-wrap gap-x-4 gap-y-2 border-b border-line pb-3 text-sm">
        {PAGES.map(([to, label]) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/settings' }} activeProps={{ className: 'font-semibold' }}>
            {label}
          </Link>
        ))}
      </nav>
    }
  />
);
