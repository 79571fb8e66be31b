import { Argument, Command } from 'commander';
import type { World } from '../world.ts';

/** `mogplex completion`: a completion script for a shell. */
export const command = (world: World): Command =>
  new Command('completion')
    .description('Print a completion script for a shell.')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  mogplex completion bash > ~/.local/share/bash-completion/completions/mogplex
  mogplex completion zsh > "\${fpath[1]}/_mogplex"
  mogplex completion fish > ~/.config/fish/completions/mogplex.fish`,
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { commandTree } = await import('../reference/tree.ts');
      const { completionScript } = await import('../reference/completion.ts');
      world.stdout.write(completionScript(shell, await commandTree(world)));
    });
