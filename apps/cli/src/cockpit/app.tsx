import { Box, type Key, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import type { Cockpit } from './controller.ts';
import { handleKey, handlePaste } from './input/keys.ts';
import { LoginScreen } from './login/screen.tsx';
import { stopUntilContinued } from './suspend.ts';
import type { TimelineRows } from './panels/timeline.ts';
import { SessionScreen } from './session-screen.tsx';

/** The whole screen. Keys are read here, except those of the masked field, which no one else may see. */
export function App({ cockpit, rows }: { cockpit: Cockpit; rows: TimelineRows }): ReactNode {
  const state = useSyncExternalStore(cockpit.store.subscribe, cockpit.store.get);
  const size = useWindowSize();
  const { suspendTerminal } = useApp();
  const masked = state.view === 'login' && state.login.step === 'key';
  const onKey = (input: string, key: Key): void => {
    if (!key.ctrl || input !== 'z' || key.eventType === 'release') return handleKey(cockpit, input, key);
    suspendTerminal(stopUntilContinued).catch(async (error: unknown) => await cockpit.report(error));
  };
  useInput(onKey, { isActive: !masked });
  usePaste((text) => handlePaste(cockpit, text), { isActive: !masked });
  return (
    <Box width={size.columns} height={size.rows} flexDirection="column" overflow="hidden">
      {state.view === 'login' ? (
        <LoginScreen cockpit={cockpit} state={state} width={size.columns} height={size.rows} />
      ) : (
        <SessionScreen cockpit={cockpit} state={state} rows={rows} width={size.columns} height={size.rows} />
      )}
    </Box>
  );
}
