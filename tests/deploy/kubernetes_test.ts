import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseAllDocuments } from "yaml";
import { parseMapArgs } from "../../src/cli/args.ts";
import { parseShard } from "../../src/cli/shard_env.ts";
import { at, brokenRules, faults, listAt } from "./job_api.ts";

const folder = new URL("../../deploy/kubernetes/", import.meta.url);

/** The only document of a manifest. */
async function manifest(name: string): Promise<unknown> {
  const documents = parseAllDocuments(await Deno.readTextFile(new URL(name, folder)), { uniqueKeys: true });
  assert(Array.isArray(documents) && documents.length === 1, `${name} has one document`);
  const [document] = documents;
  assertEquals([document.errors, document.warnings], [[], []]);
  const value: unknown = document.toJS();
  return value;
}

const JOBS = ["job.yaml", "job-s3.yaml", "finish.yaml", "finish-s3.yaml"];

Deno.test("every manifest in the folder is checked", async () => {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  assertEquals(names.filter((name) => name.endsWith(".yaml")).sort(), [...JOBS, "claim.yaml"].sort());
});

for (const name of JOBS) {
  Deno.test(`${name} is a Job of batch/v1, field by field`, async () => {
    const job = await manifest(name);
    assertEquals([at(job, "apiVersion"), at(job, "kind")], ["batch/v1", "Job"]);
    assertEquals(faults(job, "V1Job", "job"), []);
    assertEquals(brokenRules(job), []);
  });

  Deno.test(`${name} runs a command that there is`, async () => {
    const job = await manifest(name), container = at(job, "spec.template.spec.containers.0");
    const words = listAt(container, "args").map(String);
    const cli = words.findIndex((word) => word.startsWith("jsr:"));
    const { default: { name: pack, version } } = await import("../../deno.json", { with: { type: "json" } });
    assertEquals(words[cli], `jsr:${pack}@${version}/cli`);
    const [command, ...rest] = words.slice(cli + 1);
    assertEquals(words[0], "run");
    assertEquals(at(container, "image"), "denoland/deno:2.9.6");
    const memory = /^(\d+)Gi$/.exec(String(at(container, "resources.limits.memory")))?.[1];
    assertEquals(at(container, "resources.requests.memory"), at(container, "resources.limits.memory"));
    if (command !== "map") {
      assertEquals([command, rest.length, at(job, "spec.completions")], ["status", 1, 1]);
      return;
    }
    const args = parseMapArgs([command, ...rest]);
    assertEquals(String(args.workers), String(at(container, "resources.requests.cpu")));
    // The runtime needs memory too.
    assert(args.maxMemory !== undefined && args.maxMemory <= 0.8 * Number(memory) * 2 ** 30);
    const shard = rest.find((word) => word.startsWith("--shard="))?.slice("--shard=".length) ?? "";
    const choice: unknown = parseShard(shard);
    assertEquals(choice, { auto: true, count: at(job, "spec.completions") });
    assertEquals(at(job, "spec.completionMode"), "Indexed");
    assert(words.includes("--allow-env"), "the index is in the environment");
  });
}

Deno.test("the last step looks at what the tasks write", async () => {
  for (const variant of ["", "-s3"]) {
    const words = async (name: string) =>
      listAt(await manifest(name), "spec.template.spec.containers.0.args").map(String);
    const output = (await words(`job${variant}.yaml`)).find((word) => word.startsWith("--output="));
    assertEquals(output?.replace(/^--output=\w+=/, ""), (await words(`finish${variant}.yaml`)).at(-1));
  }
});

Deno.test("the volume is one that all nodes write, and the one that the tasks mount", async () => {
  const claim = await manifest("claim.yaml");
  assertEquals([at(claim, "apiVersion"), at(claim, "kind")], ["v1", "PersistentVolumeClaim"]);
  assertEquals(faults(claim, "V1PersistentVolumeClaim", "claim"), []);
  assertEquals(at(claim, "spec.accessModes"), ["ReadWriteMany"]);
  for (const name of ["job.yaml", "finish.yaml"]) {
    const [volume] = listAt(await manifest(name), "spec.template.spec.volumes");
    assertEquals(at(volume, "persistentVolumeClaim.claimName"), at(claim, "metadata.name"));
  }
});

Deno.test("the check finds what is wrong", async () => {
  const job = async () => structuredClone(await manifest("job.yaml"));
  const set = (value: unknown, path: string, key: string, to: unknown) => {
    const place = at(value, path);
    assert(typeof place === "object" && place !== null);
    Reflect.set(place, key, to);
  };
  const wrong: [path: string, key: string, to: unknown, fault: string][] = [
    ["spec", "completionmode", "Indexed", "job.spec has completionmode, which is no field of V1JobSpec"],
    ["spec", "completions", "64", 'job.spec.completions is "64", not number (int32)'],
    ["spec", "completions", 6.5, "job.spec.completions is 6.5, not number (int32)"],
    ["spec", "parallelism", 2 ** 31, "job.spec.parallelism is 2147483648, not number (int32)"],
    ["spec", "completionMode", "indexed", "not string of NonIndexed, Indexed"],
    ["spec", "template", [], "job.spec.template is [], not V1PodTemplateSpec"],
    ["metadata.labels", "task", 3, "job.metadata.labels.task is 3, not string"],
    [
      "spec.template.spec",
      "containers",
      {},
      "job.spec.template.spec.containers is {}, not Array<V1Container>",
    ],
    ["spec.template.spec.containers.0", "name", undefined, "containers[0].name is undefined, not string"],
    ["spec.podFailurePolicy.rules.0.onExitCodes", "values", ["2"], 'values[0] is "2", not number (int32)'],
    ["spec.template.spec", "hostNetwork", "no", 'job.spec.template.spec.hostNetwork is "no", not boolean'],
    ["spec.template.spec", "affinity", {}, "V1Affinity is not among the definitions"],
  ];
  for (const [path, key, to, fault] of wrong) {
    const broken = await job();
    set(broken, path, key, to);
    const found = faults(broken, "V1Job", "job");
    assertEquals(found.length, 1, fault);
    assertStringIncludes(found[0], fault);
  }
  const nameless = await job(), container = at(nameless, "spec.template.spec.containers.0");
  assert(typeof container === "object" && container !== null);
  Reflect.deleteProperty(container, "name");
  assertEquals(faults(nameless, "V1Job", "job"), ["job.spec.template.spec.containers[0] has no name"]);
  const against: [path: string, key: string, to: unknown, rule: string][] = [
    ["spec.template.spec", "restartPolicy", "OnFailure", "backoffLimitPerIndex"],
    ["spec", "completions", undefined, "Indexed needs completions"],
    [
      "spec",
      "podReplacementPolicy",
      "TerminatingOrFailed",
      "podFailurePolicy needs podReplacementPolicy Failed",
    ],
    ["spec.podFailurePolicy.rules.0.onExitCodes", "containerName", "other", "a rule names a container"],
    ["spec.podFailurePolicy.rules.0.onExitCodes", "values", [0], "0 is no failure"],
    [
      "spec.template.spec.containers.0.volumeMounts.0",
      "name",
      "none",
      "a mounted volume is one of the pod's",
    ],
    ["spec.template.spec.containers.0.resources.limits", "memory", "8 GB", "resources are quantities"],
    ["metadata", "name", "Tilewise_1", "the name is a DNS label"],
  ];
  for (const [path, key, to, rule] of against) {
    const broken = await job();
    set(broken, path, key, to);
    assert(brokenRules(broken).includes(rule), rule);
  }
});
