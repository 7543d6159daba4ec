import { type Context, fill, select } from './dataflow.ts';
import { Aborted, StateError } from './errors.ts';
import type { Line } from './history.ts';
import { runStates, type Visit } from './interpreter.ts';
import { type Json, refuseTooLarge } from './json.ts';

/** An inline Map runs at most 40 iterations at once: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MOST_ITERATIONS = 40;

type Branch = (line: Line) => Promise<Json>;

/** One attempt of a Parallel state: the outputs of its branches. */
export async function runBranches(visit: Visit, payload: Json): Promise<Json> {
  const { state, context, line, services } = visit;
  line.record('ParallelStateStarted');
  const branches = (state.Branches ?? []).map(
    (flow): Branch =>
      (branchLine) =>
        runStates(flow, structuredClone(payload), context, branchLine, services),
  );
  return together(visit, branches, branches.length);
}

/** One attempt of a Map state: the outputs of its iterations. */
export async function runItems(visit: Visit, payload: Json): Promise<Json> {
  const { name, state, context, line, services } = visit;
  const items = await select(state.ItemsPath ?? '$', payload, context);
  const flow = state.ItemProcessor ?? state.Iterator;
  if (!Array.isArray(items) || !flow) throw StateError.runtime('the items of a Map must be an array');
  line.record('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const selector = state.ItemSelector ?? state.Parameters;
  const iterations = items.map(
    (item, index): Branch =>
      async (branchLine) => {
        const itemContext: Context = { ...context, Map: { Item: { Index: index, Value: item } } };
        const details = { name, index };
        branchLine.record('MapIterationStarted', { mapIterationStartedEventDetails: details });
        try {
          const input = selector === undefined ? item : await fill(selector, payload, itemContext);
          const output = await runStates(flow, structuredClone(input), itemContext, branchLine, services);
          branchLine.record('MapIterationSucceeded', { mapIterationSucceededEventDetails: details });
          return output;
        } catch (error) {
          const ending = branchLine.signal.aborted ? 'Aborted' : 'Failed';
          branchLine.record(`MapIteration${ending}`, { [`mapIteration${ending}EventDetails`]: details });
          throw error;
        }
      },
  );
  return together(visit, iterations, state.MaxConcurrency || MOST_ITERATIONS);
}

/** Runs branches side by side; the first that fails ends the others, and nothing of them is left when this returns. */
async function together({ name, state, line }: Visit, branches: Branch[], concurrency: number): Promise<Json> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([line.signal, siblings.signal]);
  const outputs: Json[] = [];
  const waiting = [...branches.entries()];
  let failed: unknown;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, branch] = next;
      try {
        outputs[index] = await branch(line.branch(signal));
      } catch (error) {
        failed ??= error;
        waiting.length = 0;
        siblings.abort(new Aborted());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, branches.length) }, work));
  line.signal.throwIfAborted();
  line.record(`${state.Type}State${failed === undefined ? 'Succeeded' : 'Failed'}`);
  if (failed !== undefined) throw failed;
  refuseTooLarge(outputs, `The ${state.Type} state '${name}' returned a result that`);
  return outputs;
}
