/** Of the pattern language, what rules here are made of: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export type Pattern = { readonly [field: string]: Pattern | readonly Condition[] };
export type Condition =
  | string
  | number
  | boolean
  | null
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly 'equals-ignore-case': string }
  | { readonly exists: boolean }
  | { readonly 'anything-but': string | number | readonly (string | number)[] };

const OPERATORS = ['prefix', 'suffix', 'equals-ignore-case', 'exists', 'anything-but'];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws where AWS refuses the pattern, and where it holds what is not simulated. */
export function assertPattern(pattern: unknown, path = 'the pattern'): asserts pattern is Pattern {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw new Error(`${path} must be a non-empty object`);
  for (const [field, value] of Object.entries(pattern)) {
    if (!Array.isArray(value)) assertPattern(value, `${path}.${field}`);
    else for (const condition of value) assertCondition(condition, `${path}.${field}`);
  }
}

function assertCondition(condition: unknown, path: string): void {
  if (!isObject(condition)) return;
  const unknown = Object.keys(condition).find((operator) => !OPERATORS.includes(operator));
  if (unknown) throw new Error(`${path}: ${unknown} is not simulated`);
}

/** Every field of the pattern must fit; matching is by character, case and all. */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isObject(event) ? event[field] : undefined;
    if (!Array.isArray(wanted)) return matches(wanted as Pattern, value);
    // An array in the event fits when one of its items does.
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return wanted.some((condition) => values.some((one) => holds(condition as Condition, one)));
  });
}

function holds(condition: Condition, value: unknown): boolean {
  if (!isObject(condition)) return condition === value;
  const text = typeof value === 'string' ? value : undefined;
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === 'exists') return (value !== undefined) === operand;
    if (operator === 'anything-but') return value !== undefined && ![operand].flat().includes(value as never);
    if (text === undefined) return false;
    if (operator === 'prefix') return text.startsWith(String(operand));
    if (operator === 'suffix') return text.endsWith(String(operand));
    return text.toLowerCase() === String(operand).toLowerCase();
  });
}
