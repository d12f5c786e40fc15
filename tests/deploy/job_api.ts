/**
 * Jobs of Kubernetes, checked against what is published of their API.
 *
 * @module
 */

import schema from "../fixtures/kubernetes/job-v1.json" with { type: "json" };

/** What the API says of a field. */
interface Field {
  readonly type: string;
  readonly required?: boolean;
  readonly values?: readonly string[];
}

const definitions: Readonly<Record<string, Readonly<Record<string, Field>>>> = schema.definitions;

/** A quantity, such as 500m, 8Gi or 1e3. */
const QUANTITY = /^[+-]?(\d+|\d+\.\d*|\.\d+)(m|[kMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What is wrong with a value that should be of a type of the API.
 *
 * @param value The value.
 * @param type The type, as the fixture writes it.
 * @param place Where it stands, for the sentences.
 * @param values The texts that it may be, where it is one.
 * @returns A sentence for each fault, which names its place.
 */
export function faults(value: unknown, type: string, place: string, values?: readonly string[]): string[] {
  const wrong = `${place} is ${JSON.stringify(value)}, not ${type}`;
  const item = /^Array<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [wrong];
    return value.flatMap((one: unknown, k) => faults(one, item, `${place}[${k}]`, values));
  }
  if (type === "string") {
    if (typeof value !== "string") return [wrong];
    return values === undefined || values.includes(value) ? [] : [`${wrong} of ${values.join(", ")}`];
  }
  if (type === "boolean") return typeof value === "boolean" ? [] : [wrong];
  const number = /^number \((int32|int64)\)$/.exec(type);
  if (number !== null) {
    const limit = number[1] === "int32" ? 2 ** 31 : 2 ** 53;
    return typeof value === "number" && Number.isInteger(value) && Math.abs(value) < limit ? [] : [wrong];
  }
  if (type === "number") return typeof value === "number" ? [] : [wrong];
  if (type === "{ [key: string]: string; }") {
    if (!isFields(value)) return [wrong];
    return Object.entries(value).flatMap(([key, text]) => faults(text, "string", `${place}.${key}`));
  }
  if (!Object.hasOwn(definitions, type)) return [`${place}: ${type} is not among the definitions`];
  if (!isFields(value)) return [wrong];
  const fields = definitions[type];
  const missing = Object.entries(fields).filter(([name, { required }]) =>
    required && !Object.hasOwn(value, name)
  );
  return [
    ...missing.map(([name]) => `${place} has no ${name}`),
    ...Object.entries(value).flatMap(([name, one]) => {
      if (!Object.hasOwn(fields, name)) return [`${place} has ${name}, which is no field of ${type}`];
      return faults(one, fields[name].type, `${place}.${name}`, fields[name].values);
    }),
  ];
}

/**
 * The value at a place.
 *
 * @param value Of what.
 * @param path The place, such as `spec.template.spec.containers.0`.
 */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const name of path.split(".")) {
    const inside: unknown = here;
    if (typeof inside !== "object" || inside === null) return undefined;
    here = Object.entries(inside).find(([key]) => key === name)?.[1];
  }
  return here;
}

/**
 * The list at a place; an empty one where there is none.
 *
 * @param value Of what.
 * @param path The place.
 */
export function listAt(value: unknown, path: string): unknown[] {
  const list = at(value, path);
  return Array.isArray(list) ? list : [];
}

/**
 * What the API's descriptions demand of a Job beyond its types, and it does not keep.
 *
 * @param job The Job.
 */
export function brokenRules(job: unknown): string[] {
  const spec = (path: string) => at(job, `spec.${path}`), restart = spec("template.spec.restartPolicy");
  const containers = listAt(job, "spec.template.spec.containers");
  const names = containers.map((container) => at(container, "name"));
  const volumes = listAt(job, "spec.template.spec.volumes").map((volume) => at(volume, "name"));
  const rules = listAt(job, "spec.podFailurePolicy.rules");
  const isIndexed = spec("completionMode") === "Indexed";
  const demands: [boolean, string][] = [
    [restart === "Never" || restart === "OnFailure", "the pods of a Job restart never or on failure"],
    [!isIndexed || typeof spec("completions") === "number", "Indexed needs completions"],
    [!isIndexed || Number(spec("parallelism")) <= 1e5, "Indexed allows for a parallelism of 100000"],
    [
      spec("backoffLimitPerIndex") === undefined || (isIndexed && restart === "Never"),
      "backoffLimitPerIndex",
    ],
    [
      spec("podFailurePolicy") === undefined || restart === "Never",
      "podFailurePolicy needs restartPolicy Never",
    ],
    [
      spec("podFailurePolicy") === undefined || (spec("podReplacementPolicy") ?? "Failed") === "Failed",
      "podFailurePolicy needs podReplacementPolicy Failed",
    ],
    [rules.length <= 20, "there are at most 20 rules"],
    [
      rules.every((rule) =>
        (at(rule, "onExitCodes") === undefined) !== (at(rule, "onPodConditions") === undefined)
      ),
      "a rule is of exit codes or of conditions",
    ],
    [
      rules.every((rule) => names.includes(at(rule, "onExitCodes.containerName") ?? names[0])),
      "a rule names a container",
    ],
    [
      rules.every((rule) =>
        at(rule, "onExitCodes.operator") !== "In" || !listAt(rule, "onExitCodes.values").includes(0)
      ),
      "0 is no failure",
    ],
    [
      rules.every((rule) => at(rule, "action") !== "FailIndex" || spec("backoffLimitPerIndex") !== undefined),
      "FailIndex needs backoffLimitPerIndex",
    ],
    [
      containers.every((one) =>
        listAt(one, "volumeMounts").every((mount) => volumes.includes(at(mount, "name")))
      ),
      "a mounted volume is one of the pod's",
    ],
    [
      containers.every((one) =>
        ["requests", "limits"].every((kind) =>
          Object.values(at(one, `resources.${kind}`) ?? {}).every((text) => QUANTITY.test(String(text)))
        )
      ),
      "resources are quantities",
    ],
    [
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(String(at(job, "metadata.name"))),
      "the name is a DNS label",
    ],
  ];
  return demands.filter(([holds]) => !holds).map(([, demand]) => demand);
}
