// Where a reader may be sent. Addresses come from whoever runs us and never from a proposal, but parts of them, such as
// the path of a file, may: so what is not plainly a page on the web is no link at all, and every odd sign is encoded.

/** Longer ones are no address that a person would follow. */
const LONGEST = 2000;

/** The address in characters that end no attribute, link or table cell; undefined for what is no page on the web. */
export function webAddress(address: string | undefined): string | undefined {
  if (address === undefined || address.length > LONGEST || !URL.canParse(address)) return undefined;
  const { protocol, username, password, href } = new URL(address);
  if (!/^https?:$/u.test(protocol) || username !== '' || password !== '') return undefined;
  const plain = href.replace(/[^A-Za-z0-9\-._~:/?#@!&+,;=%]/gu, encode);
  return plain.length > LONGEST ? undefined : plain;
}

/** As %XX for each byte, brackets and quotes too. */
function encode(sign: string): string {
  return Array.from(Buffer.from(sign), byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
    '',
  );
}
