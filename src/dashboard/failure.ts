// How is a request refused? With a name for programs and a sentence for people, never with what is inside.
import { API_ERRORS, type ApiErrorName } from './api.ts';

/** A refusal of the server itself; commands throw CommandError. */
export class Refusal extends Error {
  readonly refusal: ApiErrorName;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number | null;
  constructor(refusal: ApiErrorName, message: string, retryAfter: number | null = null) {
    super(message);
    this.name = 'Refusal';
    this.refusal = refusal;
    this.retryAfter = retryAfter;
  }
  get status(): (typeof API_ERRORS)[ApiErrorName] {
    return API_ERRORS[this.refusal];
  }
}
