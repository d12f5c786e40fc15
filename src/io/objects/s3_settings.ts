/**
 * What the environment says of stores that speak S3, by the names that Amazon's own tools have for it.
 *
 * @module
 */

import { UnsupportedError } from "../../errors.ts";

/** How a bucket is reached. */
export interface S3Settings {
  /** The address of the bucket, without a slash at its end. */
  readonly bucketUrl: string;
  readonly region: string;
  /** With what requests are signed; undefined where they are not, as for public data. */
  readonly keys:
    | { readonly id: string; readonly secret: string; readonly token: string | undefined }
    | undefined;
}

/** Reads a variable of the environment. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * Reads the settings for a bucket.
 *
 * @param bucket The bucket.
 * @param read What reads a variable. Default: from the environment, which needs `--allow-env`.
 * @throws {UnsupportedError} If the environment may not be read, or has only half of a key.
 */
export function s3Settings(bucket: string, read: ReadVariable = fromEnvironment): S3Settings {
  const id = read("AWS_ACCESS_KEY_ID"), secret = read("AWS_SECRET_ACCESS_KEY");
  if ((id === undefined) !== (secret === undefined)) {
    const [given, missing] = id === undefined
      ? ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"]
      : ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    throw new UnsupportedError(`Cannot sign requests to s3://${bucket}: ${given} is set, ${missing} is not`);
  }
  const region = read("AWS_REGION") ?? read("AWS_DEFAULT_REGION") ?? "us-east-1";
  const token = read("AWS_SESSION_TOKEN"), endpoint = read("AWS_ENDPOINT_URL_S3") ?? read("AWS_ENDPOINT_URL");
  const keys = id === undefined || secret === undefined ? undefined : { id, secret, token };
  return { bucketUrl: bucketUrl(bucket, region, endpoint), region, keys };
}

/** Other servers than Amazon's mostly have buckets in the path; so have buckets there whose names have dots. */
function bucketUrl(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  if (bucket.includes(".")) return `https://s3.${region}.amazonaws.com/${bucket}`;
  return `https://${bucket}.s3.${region}.amazonaws.com`;
}

/** A variable that is empty counts as none. */
function fromEnvironment(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  if (state !== "granted") {
    throw new UnsupportedError(
      `Addresses that begin with s3:// need --allow-env: ${name} and its like say how the store is reached`,
    );
  }
  return Deno.env.get(name) || undefined;
}
