// Where an S3 bucket is and who we are there: DVC's options and AWS's environment variables, in DVC's order of preference.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigurationError } from '#lib/errors.ts';
import type { Credentials } from '#lib/storage/s3/sign.ts';

/** DVC's options of an S3 remote, as text; see its documentation of `remote modify`. */
export type S3Options = Readonly<Record<string, string>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface S3Place {
  readonly bucket: string;
  /** Before every name: '' or `path/`. */
  readonly prefix: string;
  /** Undefined for AWS itself. */
  readonly endpoint: URL | undefined;
  /** Undefined when nothing says; the bucket's answer tells then. */
  readonly region: string | undefined;
  readonly useTls: boolean;
  /** False takes any certificate; PEM text takes those of that authority. */
  readonly verify: boolean | string;
  readonly isAnonymous: boolean;
  /** Of the options or the environment; undefined asks AWS's chain: profiles, single sign-on, the machine's role. */
  readonly credentials: Credentials | undefined;
  readonly profile: string | undefined;
  /** Where AWS's chain reads profiles, when it is not below the home folder. */
  readonly sharedFiles: { readonly filepath?: string; readonly configFilepath?: string };
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Sent with every request for an object: keys of the customer's own encryption. */
  readonly objectHeaders: Readonly<Record<string, string>>;
  /** Sent with what writes: encryption, access lists. */
  readonly writeHeaders: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 60_000;

/** @throws ConfigurationError for options that contradict each other */
export function readS3Place(url: string, options: S3Options, env: Environment): S3Place {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/?#]+)\/?([^?#]*)/u.exec(url) ?? [];
  if (bucket === '') {
    throw new ConfigurationError('The address of the S3 remote names no bucket', {
      remedy: 'Write it as s3://bucket/path.',
    });
  }
  const prefix = path.replace(/^\/+|\/+$/gu, '');
  const endpoint = options.endpointurl || env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const profile = options.profile || env.AWS_PROFILE;
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: endpoint ? readEndpoint(endpoint) : undefined,
    region: options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION,
    useTls: !isFalse(options.use_ssl),
    verify: readVerify(options.ssl_verify ?? env.AWS_CA_BUNDLE),
    isAnonymous: options.allow_anonymous_login?.toLowerCase() === 'true',
    credentials: readCredentials(options, env),
    profile,
    sharedFiles: readSharedFiles(options, env),
    connectTimeoutMs: seconds(options.connect_timeout),
    readTimeoutMs: seconds(options.read_timeout),
    ...readHeaders(options),
  };
}

function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/u.test(url.protocol)) return url;
  throw new ConfigurationError('endpointurl is not an address of a server', {
    remedy: 'Write it with its scheme, such as https://minio.example.com:9000.',
  });
}

function readVerify(text: string | undefined): boolean | string {
  if (text === undefined || text.toLowerCase() === 'true') return true;
  if (isFalse(text)) return false;
  try {
    return readFileSync(text, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`The certificates that ssl_verify names cannot be read`, {
      at: { file: text },
      cause,
    });
  }
}

/** A profile that is named in the options comes before the environment's keys, as boto has it. */
function readCredentials(options: S3Options, env: Environment): Credentials | undefined {
  if (options.access_key_id && options.secret_access_key) {
    const sessionToken = options.session_token || undefined;
    return { accessKeyId: options.access_key_id, secretAccessKey: options.secret_access_key, sessionToken };
  }
  if (options.profile || !env.AWS_ACCESS_KEY_ID || !env.AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
  };
}

/** The environment comes before the options here, as DVC has it. */
function readSharedFiles(options: S3Options, env: Environment): S3Place['sharedFiles'] {
  const expand = (path: string) => path.replace(/^~(?=\/)/u, env.HOME ?? '~');
  const filepath = env.AWS_SHARED_CREDENTIALS_FILE ?? options.credentialpath;
  const configFilepath = env.AWS_CONFIG_FILE ?? options.configpath;
  return {
    ...(filepath && { filepath: expand(filepath) }),
    ...(configFilepath && { configFilepath: expand(configFilepath) }),
  };
}

const WRITE_HEADERS = {
  sse: 'x-amz-server-side-encryption',
  sse_kms_key_id: 'x-amz-server-side-encryption-aws-kms-key-id',
  acl: 'x-amz-acl',
  grant_read: 'x-amz-grant-read',
  grant_read_acp: 'x-amz-grant-read-acp',
  grant_write_acp: 'x-amz-grant-write-acp',
  grant_full_control: 'x-amz-grant-full-control',
} as const;

function readHeaders(options: S3Options): Pick<S3Place, 'objectHeaders' | 'writeHeaders'> {
  const key = options.sse_customer_key;
  if (key && options.sse_kms_key_id) throw contradiction('sse_kms_key_id', 'sse_customer_key');
  const grant = Object.keys(options).find(name => name.startsWith('grant_'));
  if (options.acl && grant !== undefined) throw contradiction('acl', grant);
  const prefix = 'x-amz-server-side-encryption-customer';
  const objectHeaders: Record<string, string> = key
    ? {
        [`${prefix}-algorithm`]: options.sse_customer_algorithm || 'AES256',
        [`${prefix}-key`]: key,
        [`${prefix}-key-md5`]: createHash('md5').update(Buffer.from(key, 'base64')).digest('base64'),
      }
    : {};
  const writeHeaders = Object.entries(WRITE_HEADERS).flatMap(([name, header]) =>
    options[name] ? [[header, options[name]]] : [],
  );
  return { objectHeaders, writeHeaders: Object.fromEntries(writeHeaders) };
}

function contradiction(one: string, other: string): ConfigurationError {
  return new ConfigurationError(`${one} and ${other} of the S3 remote cannot both be set`, {
    remedy: `Take one out: mainline dvc remote modify --unset <name> ${other}`,
  });
}

function isFalse(text: string | undefined): boolean {
  return text?.toLowerCase() === 'false';
}

function seconds(text: string | undefined): number {
  return text === undefined ? TIMEOUT_MS : Number(text) * 1000;
}
