import { Box, useInput, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import type { Cockpit } from './controller.ts';
import { handleKey, handlePaste } from './input/keys.ts';
import { LoginScreen } from './login/screen.tsx';
import type { TimelineRows } from './panels/timeline.ts';
import { SessionScreen } from './session-screen.tsx';

/** The whole screen. Keys are read here, except those of the masked field, which no one else may see. */
export function App({ cockpit, rows }: { cockpit: Cockpit; rows: TimelineRows }): ReactNode {
  const state = useSyncExternalStore(cockpit.store.subscribe, cockpit.store.get);
  const size = useWindowSize();
  const masked = state.view === 'login' && state.login.step === 'key';
  useInput((input, key) => handleKey(cockpit, input, key), { isActive: !masked });
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
