import { type Model, type Ref, type Shape, shapeOf } from './model.ts';

export interface Problem {
  readonly kind: 'type' | 'missing' | 'constraint';
  readonly path: string;
  /** Undefined where the value must not be repeated. */
  readonly value?: string;
  readonly rule: string;
}

interface Reading {
  readonly model: Model;
  /** Query protocols carry every scalar as text. */
  readonly text: boolean;
  readonly problems: Problem[];
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const below = (path: string, member: string) => (path ? `${path}.${lowerFirst(member)}` : lowerFirst(member));

/**
 * The input as the model wants it: unknown members dropped as AWS does, `null` as absent, everything else held
 * against type, required members, enumerations, ranges, lengths and patterns.
 */
export function readInput(model: Model, shape: string, value: unknown, options: { text: boolean }) {
  const reading: Reading = { model, text: options.text, problems: [] };
  return { input: read(reading, { shape }, value, ''), problems: reading.problems };
}

function read(reading: Reading, ref: Ref, value: unknown, path: string): unknown {
  const shape = shapeOf(reading.model, ref.shape);
  switch (shape.type) {
    case 'structure':
      return readStructure(reading, shape, value, path);
    case 'list':
      return readList(reading, shape, value, path);
    case 'map':
      return readMap(reading, shape, value, path);
    default:
      return readScalar(reading, shape, value, path);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrongType = (reading: Reading, path: string, rule: string) => {
  reading.problems.push({ kind: 'type', path, rule });
  return undefined;
};

function readStructure(reading: Reading, shape: Shape, value: unknown, path: string) {
  if (!isObject(value)) return wrongType(reading, path, 'a structure');
  const result: Record<string, unknown> = {};
  for (const [member, ref] of Object.entries(shape.members ?? {})) {
    const given = value[member];
    if (given === undefined || given === null) {
      if (!shape.required?.includes(member)) continue;
      reading.problems.push({
        kind: 'missing',
        path: below(path, member),
        value: 'null',
        rule: 'Member must not be null',
      });
    } else {
      result[member] = read(reading, ref, given, below(path, member));
    }
  }
  return result;
}

function readList(reading: Reading, shape: Shape, value: unknown, path: string) {
  if (!Array.isArray(value) || !shape.member) return wrongType(reading, path, 'a list');
  holdLength(reading, shape, value.length, path, `[${value.length} members]`);
  const { member } = shape;
  return value.map((item, index) => read(reading, member, item, `${path}.${index + 1}.member`));
}

function readMap(reading: Reading, shape: Shape, value: unknown, path: string) {
  if (!isObject(value) || !shape.key || !shape.value) return wrongType(reading, path, 'a map');
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  holdLength(reading, shape, entries.length, path, `[${entries.length} entries]`);
  const { key, value: item } = shape;
  return Object.fromEntries(
    entries.map(([name, given]) => [
      read(reading, key, name, `${path}.key`),
      read(reading, item, given, `${path}.value`),
    ]),
  );
}

function readScalar(reading: Reading, shape: Shape, value: unknown, path: string): unknown {
  const parsed = reading.text && typeof value === 'string' ? fromText(shape.type, value) : value;
  const fits = {
    string: typeof parsed === 'string',
    blob: typeof parsed === 'string',
    boolean: typeof parsed === 'boolean',
    integer: Number.isInteger(parsed),
    long: Number.isInteger(parsed),
    float: typeof parsed === 'number',
    double: typeof parsed === 'number',
    timestamp: typeof parsed === 'number',
  }[shape.type];
  if (!fits) return wrongType(reading, path, `a ${shape.type}`);
  if (typeof parsed === 'string') holdText(reading, shape, parsed, path);
  if (typeof parsed === 'number') holdRange(reading, shape, parsed, path);
  return parsed;
}

function fromText(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (['integer', 'long', 'float', 'double'].includes(type))
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  return text;
}

const complain = (reading: Reading, path: string, value: string | undefined, rule: string) =>
  reading.problems.push({ kind: 'constraint', path, value, rule });

function holdText(reading: Reading, shape: Shape, text: string, path: string) {
  const shown = shape.sensitive ? undefined : text;
  holdLength(reading, shape, text.length, path, shown);
  if (shape.enum && !shape.enum.includes(text)) {
    complain(reading, path, shown, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`);
  }
  if (shape.pattern && !new RegExp(`^(?:${shape.pattern})$`).test(text)) {
    complain(reading, path, shown, `Member must satisfy regular expression pattern: ${shape.pattern}`);
  }
}

function holdRange(reading: Reading, { min, max }: Shape, value: number, path: string) {
  if (min !== undefined && value < min) {
    complain(reading, path, `${value}`, `Member must have value greater than or equal to ${min}`);
  }
  if (max !== undefined && value > max)
    complain(reading, path, `${value}`, `Member must have value less than or equal to ${max}`);
}

function holdLength(reading: Reading, { min, max }: Shape, length: number, path: string, shown: string | undefined) {
  if (min !== undefined && length < min) {
    complain(reading, path, shown, `Member must have length greater than or equal to ${min}`);
  }
  if (max !== undefined && length > max)
    complain(reading, path, shown, `Member must have length less than or equal to ${max}`);
}
