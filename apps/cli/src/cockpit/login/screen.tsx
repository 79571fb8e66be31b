import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Cockpit } from '../controller.ts';
import { Row, Rows } from '../panels/rows.tsx';
import type { CockpitState } from '../state/state.ts';
import { type Line, wrapSpans } from '../text/lines.ts';
import { KeyField } from './key-field.tsx';
import { stepKeys, stepRows } from './rows.ts';

interface Props {
  cockpit: Cockpit;
  state: CockpitState;
  width: number;
  height: number;
}

/** The login screen (statement A6). */
export function LoginScreen({ cockpit, state, width, height }: Props): ReactNode {
  const { login, alert } = state;
  const top: Line[] = height < 16 ? [] : [[]];
  const title: Line[] = [
    ...top,
    [{ text: '  Mogplex', bold: true, color: 'accent' }],
    [{ text: login.step === 'choose' || login.step === 'providers' ? '  Choose how prompts are paid for and sent.' : '', color: 'muted' }],
    [],
  ];
  const rows = stepRows(login, cockpit.ports.signIn.platform(), width);
  const field = login.step === 'key';
  const alertRows =
    alert === undefined ? [] : wrapSpans([{ text: `  ${alert.text}`, color: alert.level === 'info' ? 'muted' : 'warn' }], width, 2);
  const body = [...title, ...rows].slice(0, height - alertRows.length - (field ? 4 : 3));
  return (
    <Box flexDirection="column" height={height}>
      <Rows lines={body} height={body.length} />
      {field ? (
        <Box marginTop={1}>
          <KeyField cockpit={cockpit} provider={login.provider} row={body.length + 1} />
        </Box>
      ) : null}
      <Box flexGrow={1} />
      <Rows lines={alertRows} height={alertRows.length} />
      <Row line={[{ text: `  ${stepKeys(login, state.canLeaveLogin)}`, color: 'muted' }]} />
    </Box>
  );
}
