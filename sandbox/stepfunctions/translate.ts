import { type ParsedCall, parseCall } from './intrinsics.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/**
 * The engine overwrites parts of the context object, so the context of AWS lives one level down in the engine's:
 * `$$.Execution.Id` of the file is `$$.Context.Execution.Id` to the engine. And `$` is read from there too, because the
 * engine finds nothing at all in an input of null, false, 0 or ''.
 */
export function enginePath(path: string): string {
  if (path === '$') return '$$.Whole';
  return path.startsWith('$$') ? `$$.Context${path.slice(2)}` : path;
}

/** A payload template for the engine, and the intrinsic calls whose values it expects at `$$.Computed.<key>`. */
export function translateTemplate(template: Json): { template: Json; calls: Map<string, ParsedCall> } {
  const calls = new Map<string, ParsedCall>();
  const translate = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(translate);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (!key.endsWith('.$') || typeof inner !== 'string') return [key, translate(inner)];
        if (inner.startsWith('$')) return [key, enginePath(inner)];
        const name = `call${calls.size}`;
        calls.set(name, parseCall(inner));
        return [key, `$$.Computed.${name}`];
      }),
    );
  };
  return { template: translate(template), calls };
}

/**
 * A choice rule for the engine. On AWS a comparison with a value of another type is false, where the engine compares as
 * JavaScript does; and the engine takes `"IsPresent": false` for a rule that never matches.
 */
export function translateRule(rule: JsonObject): JsonObject {
  const nested = (rules: Json) => (rules as JsonObject[]).map(translateRule);
  if (rule.And) return { And: nested(rule.And) };
  if (rule.Or) return { Or: nested(rule.Or) };
  if (isObject(rule.Not)) return { Not: translateRule(rule.Not) };
  const { Next: _, Comment: __, QueryLanguage: ___, Variable, ...comparison } = rule;
  const variable = enginePath(String(Variable));
  const [operator, operand] = Object.entries(comparison)[0] ?? ['', null];
  const engineRule = { Variable: variable, [operator]: /Path$/.test(operator) ? enginePath(String(operand)) : operand };
  if (operator.startsWith('Is')) {
    const test = { Variable: variable, [operator]: true };
    return operand === false ? { Not: test } : test;
  }
  const type = /^(String|Numeric|Timestamp)/.exec(operator)?.[0];
  return type ? { And: [{ Variable: variable, [`Is${type}`]: true }, engineRule] } : engineRule;
}
