import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { Site } from './components/site.tsx';
import { ConsentPage } from './pages/consent.tsx';
import { DevicePage } from './pages/device.tsx';
import { InvitePage } from './pages/invite.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { SetUpPage } from './pages/set-up.tsx';
import { SettingsFrame } from './pages/settings/frame.tsx';
import { SignInPage } from './pages/sign-in.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings' });
  },
});
const setUp = createRoute({ getParentRoute: () => root, path: '/set-up', component: SetUpPage });
const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage });
const consent = createRoute({ getParentRoute: () => root, path: '/authorize', component: ConsentPage });
const device = createRoute({ getParentRoute: () => root, path: '/device', component: DevicePage });
const invite = createRoute({ getParentRoute: () => root, path: '/invite', component: InvitePage });

const settings = createRoute({ getParentRoute: () => root, path: '/settings', component: SettingsFrame });
const profile = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/settings/profile.tsx'), 'ProfilePage'),
});
const security = createRoute({
  getParentRoute: () => settings,
  path: '/security',
  component: lazyRouteComponent(() => import('./pages/settings/security.tsx'), 'SecurityPage'),
});
const github = createRoute({
  getParentRoute: () => settings,
  path: '/github',
  component: lazyRouteComponent(() => import('./pages/settings/github.tsx'), 'GitHubPage'),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./pages/settings/tokens.tsx'), 'TokensPage'),
});
const apps = createRoute({
  getParentRoute: () => settings,
  path: '/apps',
  component: lazyRouteComponent(() => import('./pages/settings/apps.tsx'), 'AppsPage'),
});
const models = createRoute({
  getParentRoute: () => settings,
  path: '/models',
  component: lazyRouteComponent(() => import('./pages/settings/models.tsx'), 'ModelsPage'),
});
const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./pages/settings/api-keys.tsx'), 'ApiKeysPage'),
});
const connections = createRoute({
  getParentRoute: () => settings,
  path: '/connections',
  component: lazyRouteComponent(() => import('./pages/settings/connections.tsx'), 'ConnectionsPage'),
});
const connectionReturn = createRoute({
  getParentRoute: () => settings,
  path: '/connections/return',
  component: lazyRouteComponent(() => import('./pages/settings/connection-return.tsx'), 'ConnectionReturnPage'),
});
const teams = createRoute({
  getParentRoute: () => settings,
  path: '/teams',
  component: lazyRouteComponent(() => import('./pages/settings/teams.tsx'), 'TeamsPage'),
});
const team = createRoute({
  getParentRoute: () => settings,
  path: '/teams/$teamId',
  component: lazyRouteComponent(() => import('./pages/settings/team.tsx'), 'TeamPage'),
});
const serviceAccount = createRoute({
  getParentRoute: () => settings,
  path: '/teams/$teamId/service-accounts/$accountId',
  component: lazyRouteComponent(() => import('./pages/settings/service-accounts.tsx'), 'ServiceAccountPage'),
});

const runs = createRoute({ getParentRoute: () => root, path: '/runs', component: Site });
const runList = createRoute({
  getParentRoute: () => runs,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/runs/list.tsx'), 'RunsPage'),
});
const oneRun = createRoute({
  getParentRoute: () => runs,
  path: '/$runId',
  component: lazyRouteComponent(() => import('./pages/runs/run.tsx'), 'RunPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    setUp,
    signIn,
    consent,
    device,
    invite,
    runs.addChildren([runList, oneRun]),
    settings.addChildren([
      profile,
      security,
      github,
      tokens,
      apps,
      models,
      apiKeys,
      connections,
      connectionReturn,
      teams,
      team,
      serviceAccount,
    ]),
  ]),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
