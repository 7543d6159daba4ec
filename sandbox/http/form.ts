import { AwsError } from './errors.ts';
import { type Model, type Ref, shapeOf } from './model.ts';

/**
 * A Query request (`Filter.1.Value.2=…`) as nested values, every scalar still text.
 * EC2 flattens every list and has names of its own: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 * The others do not: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readForm(model: Model, shape: string, form: URLSearchParams): unknown {
  const form_ = new Form(model, form);
  const value = form_.structure(shape, '');
  // EC2 refuses what it does not know; the other Query services ignore it.
  const unknown = [...form.keys()].find((key) => !form_.seen.has(key) && key !== 'Action' && key !== 'Version');
  if (unknown && form_.isEc2) throw new AwsError('UnknownParameter', `The parameter ${unknown} is not recognized`);
  return value;
}

class Form {
  readonly seen = new Set<string>();
  readonly isEc2: boolean;
  readonly #model: Model;
  readonly #values: URLSearchParams;
  readonly #keys: string[];

  constructor(model: Model, values: URLSearchParams) {
    this.#model = model;
    this.#values = values;
    this.#keys = [...values.keys()];
    this.isEc2 = model.metadata.protocol === 'ec2';
  }

  structure(shapeName: string, prefix: string): Record<string, unknown> {
    const { members = {} } = shapeOf(this.#model, shapeName);
    const result: Record<string, unknown> = {};
    for (const [member, ref] of Object.entries(members)) {
      const name = prefix + this.#nameOf(member, ref);
      if (this.#keys.some((key) => key === name || key.startsWith(`${name}.`))) result[member] = this.#value(ref, name);
    }
    return result;
  }

  #nameOf(member: string, { queryName, locationName }: Ref): string {
    if (!this.isEc2) return locationName ?? member;
    return queryName ?? (locationName ? locationName.charAt(0).toUpperCase() + locationName.slice(1) : member);
  }

  #value(ref: Ref, name: string): unknown {
    const shape = shapeOf(this.#model, ref.shape);
    if (shape.type === 'structure') return this.structure(ref.shape, `${name}.`);
    if (shape.type === 'list' && shape.member) return this.#list(shape.member, this.#listPrefix(ref, name));
    if (shape.type === 'map' && shape.key && shape.value) return this.#map(shape.key, shape.value, name);
    this.seen.add(name);
    return this.#values.get(name);
  }

  #listPrefix(ref: Ref, name: string): string {
    const { flattened, member } = shapeOf(this.#model, ref.shape);
    return this.isEc2 || flattened ? name : `${name}.${member?.locationName ?? 'member'}`;
  }

  #list(member: Ref, prefix: string): unknown[] {
    this.seen.add(prefix);
    return this.#indexes(prefix).map((index) => this.#value(member, `${prefix}.${index}`));
  }

  #map(key: Ref, value: Ref, name: string): Record<string, unknown> {
    const entries = this.#indexes(`${name}.entry`).map((index) => {
      const entry = `${name}.entry.${index}`;
      const id = this.#value(key, `${entry}.${key.locationName ?? 'key'}`);
      return [String(id), this.#value(value, `${entry}.${value.locationName ?? 'value'}`)];
    });
    return Object.fromEntries(entries);
  }

  #indexes(prefix: string): number[] {
    const found = this.#keys.flatMap((key) => {
      const [, index] = key.startsWith(`${prefix}.`) ? (/^\.(\d+)(?:\.|$)/.exec(key.slice(prefix.length)) ?? []) : [];
      return index ? [Number(index)] : [];
    });
    return [...new Set(found)].sort((a, b) => a - b);
  }
}
