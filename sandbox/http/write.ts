import { type Model, type Ref, shapeOf } from './model.ts';

/**
 * Answers in the shape of AWS's model. A member the model does not know is a mistake of the sandbox and throws, so
 * that no caller can come to rely on it.
 */
export function writeJson(model: Model, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model, shapeName);
  if (value === undefined || value === null) return undefined;
  if (shape.type === 'structure') {
    return Object.fromEntries(
      membersOf(model, shapeName, value).map(([name, ref, item]) => [name, writeJson(model, ref.shape, item)]),
    );
  }
  const { member, value: entry } = shape;
  if (member) return (value as unknown[]).map((item) => writeJson(model, member.shape, item));
  if (entry)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, writeJson(model, entry.shape, item)]));
  return shape.type === 'timestamp' ? new Date(value as string).getTime() / 1000 : value;
}

export function writeXml(model: Model, shapeName: string, value: unknown): string {
  return membersOf(model, shapeName, value)
    .map(([name, ref, item]) => element(model, ref.locationName ?? name, ref, item))
    .join('');
}

function membersOf(model: Model, shapeName: string, value: unknown): [string, Ref, unknown][] {
  const { members = {} } = shapeOf(model, shapeName);
  const given = Object.entries(value as Record<string, unknown>).filter(([, item]) => item !== undefined);
  const stranger = given.find(([name]) => !members[name]);
  if (stranger) throw new Error(`${shapeName} has no member ${stranger[0]}`);
  const order = Object.keys(members);
  return given
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .flatMap(([name, item]) => (members[name] ? [[name, members[name], item] as [string, Ref, unknown]] : []));
}

function element(model: Model, name: string, ref: Ref, value: unknown): string {
  const shape = shapeOf(model, ref.shape);
  if (shape.type === 'structure') return tag(name, writeXml(model, ref.shape, value));
  const { member } = shape;
  if (member) {
    const inner = shape.flattened ? name : (member.locationName ?? 'member');
    const items = (value as unknown[]).map((item) => element(model, inner, member, item)).join('');
    return shape.flattened ? items : tag(name, items);
  }
  if (shape.type === 'map') throw new Error(`${ref.shape}: maps are not written as XML`);
  return tag(name, escapeXml(shape.type === 'timestamp' ? new Date(value as string).toISOString() : String(value)));
}

const tag = (name: string, inner: string) => `<${name}>${inner}</${name}>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
