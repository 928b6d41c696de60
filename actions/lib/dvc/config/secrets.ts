// What of a configuration is never shown unless it is asked for by its own name.

const SECRETS: ReadonlySet<string> = new Set([
  'access_key_id',
  'secret_access_key',
  'session_token',
  'sse_customer_key',
  'password',
  'passphrase',
  'token',
  'bearer_token_command',
  'custom_auth_header',
  'connection_string',
  'sas_token',
  'account_key',
  'client_secret',
  'oss_key_id',
  'oss_key_secret',
  'gdrive_client_id',
  'gdrive_client_secret',
]);

const HIDDEN = '***';

/** The value as a list may show it: secrets and the passwords of addresses are hidden. */
export function showOption(name: string, value: string): string {
  if (SECRETS.has(name)) return HIDDEN;
  return hideSecrets(value);
}

/** An address without the password and the query, where tokens stand. */
export function hideSecrets(text: string): string {
  return text
    .replace(/^(\w+:\/\/[^/@:\s]*):[^/@\s]*@/u, `$1:${HIDDEN}@`)
    .replace(/^(\w+:\/\/[^?\s]*)\?.*$/u, `$1?${HIDDEN}`);
}
