import type { Cockpit } from '../controller.ts';
import { transcript } from '../transcript.ts';
import { shownTimeline } from '../state/reduce.ts';
import { answerTool } from './approval.ts';
import { filtered } from './list.ts';

/** Enter in a drawer: takes the focused item, says yes to the question, closes the page. */
export async function chooseInDrawer(cockpit: Cockpit): Promise<void> {
  const { drawer } = cockpit.state;
  if (drawer === undefined) return;
  if (drawer.kind === 'text') return closeDrawer(cockpit);
  if (drawer.kind === 'confirm') {
    closeDrawer(cockpit);
    await (drawer.name === 'logout' ? cockpit.logout() : cockpit.run.cancel());
    return;
  }
  const item = filtered(drawer)[drawer.index];
  if (item === undefined) return;
  if (drawer.name === 'tool') answerTool(cockpit, item.id === 'allow');
  closeDrawer(cockpit);
  switch (drawer.name) {
    case 'model':
      return await cockpit.useModel(item.id);
    case 'permissions':
      return await cockpit.setMode(item.id);
    case 'export':
      return await exportAs(cockpit, item.id);
    case 'palette':
      return await cockpit.command(item.id, '');
    case 'agents':
      await cockpit.run.attach(item.id);
      return;
    case 'tool':
      return;
  }
}

export const closeDrawer = (cockpit: Cockpit): void => cockpit.store.update((state) => ({ ...state, drawer: undefined }));

async function exportAs(cockpit: Cockpit, how: string): Promise<void> {
  const { header, run } = cockpit.state;
  const timeline = shownTimeline(cockpit.state);
  const answer = timeline.findLast((item) => item.kind === 'answer');
  if (answer?.kind !== 'answer') {
    cockpit.alert('warn', 'There is no answer to export yet.');
    return;
  }
  if (how === 'clipboard') {
    cockpit.ports.copy(answer.text);
    cockpit.alert('info', 'The last answer was sent to the clipboard of your terminal.');
    return;
  }
  const path = await cockpit.ports.workspace.export(
    run?.id ?? (await cockpit.ports.session()).id,
    transcript(timeline, run === undefined ? `Conversation in ${header.repository}` : `Run ${run.id}: ${run.title}`),
  );
  cockpit.notice('info', `Saved as ${path}.`);
}
