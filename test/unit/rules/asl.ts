import { readdirSync, readFileSync } from 'node:fs';

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ResultPath?: string | null;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly Catcher[];
  readonly Retry?: readonly (Omit<Catcher, 'Next'> & Record<string, unknown>)[];
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Branches?: readonly Flow[];
  readonly ItemProcessor?: Flow;
}

interface Flow {
  readonly States: Readonly<Record<string, State>>;
}

export interface Machine extends Flow {
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
}

export interface MachineFile {
  readonly file: string;
  readonly text: string;
  readonly definition: Machine;
}

export interface NamedState {
  readonly name: string;
  readonly state: State;
  readonly next: readonly string[];
}

const FOLDER = new URL('../../../statemachines/', import.meta.url);

export const machineFiles = (): MachineFile[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.asl.json'))
    .map((file) => {
      const text = readFileSync(new URL(file, FOLDER), 'utf8');
      return { file, text, definition: JSON.parse(text) as Machine };
    });

/** All states, those of branches and maps too. */
export function collectStates(flow: Flow): NamedState[] {
  return Object.entries(flow.States).flatMap(([name, state]) => {
    const next = [
      state.Next,
      state.Default,
      ...[...(state.Choices ?? []), ...(state.Catch ?? [])].map((edge) => edge.Next),
    ];
    const inner = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    return [{ name, state, next: next.filter((target) => target !== undefined) }, ...inner.flatMap(collectStates)];
  });
}
