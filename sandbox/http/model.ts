/** The part of AWS's API models that the sandbox reads; see `models/trim.ts`. */
export interface Ref {
  readonly shape: string;
  readonly locationName?: string;
  readonly queryName?: string;
  readonly flattened?: boolean;
}

export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Ref>>;
  readonly required?: readonly string[];
  readonly member?: Ref;
  readonly key?: Ref;
  readonly value?: Ref;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly flattened?: boolean;
  readonly sensitive?: boolean;
}

export interface Operation {
  readonly input?: string;
  readonly output?: string;
  readonly resultWrapper?: string;
  readonly errors: readonly string[];
}

export interface Model {
  readonly metadata: {
    readonly apiVersion: string;
    readonly endpointPrefix: string;
    readonly protocol: string;
    readonly jsonVersion?: string;
    readonly signingName?: string;
    readonly targetPrefix?: string;
    readonly xmlNamespace?: string;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export function shapeOf(model: Model, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`model of ${model.metadata.endpointPrefix}: no shape ${name}`);
  return shape;
}

export const signingName = ({ metadata }: Model) => metadata.signingName ?? metadata.endpointPrefix;
