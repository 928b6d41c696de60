// What a caller did wrong or cannot have now. Thrown from anywhere below a request; the server turns it into an answer.

/** Ends one request with this HTTP status and `{"error": message}`; never the process. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.headers = headers;
  }
}

/** Text of a caller, short enough to be repeated in an answer. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
