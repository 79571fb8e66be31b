import { TaskPage } from '../components/page.tsx';

export const NotFoundPage = () => (
  <TaskPage title="No such page">
    <p>
      Nothing lives at this address. <a href="/settings">Go to Settings</a>
    </p>
  </TaskPage>
);
