// Which payments does a market see, without drawing them again for every tool? Recorded in columns as far as anyone has
// asked, and played to each.
import type { Attempt } from './attempt.ts';
import { DemandStream, startDemand } from './demand-stream.ts';
import type { Market } from '../market.ts';

/** Attempts of one piece of tape. */
export const PIECE = 1 << 13;

/** Columns of one piece, in order of time. */
export interface TapePiece {
  readonly at: Float64Array;
  readonly amountMsat: Float64Array;
  readonly reservationPpm: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly luck: Uint32Array;
  /** COMPARES and SETTLES. */
  readonly flags: Uint8Array;
}

export const COMPARES = 1;
export const SETTLES = 2;

/** Payments in order of time, without end. */
interface Payments {
  next(): Attempt;
}

export class DemandTape {
  readonly #stream: Payments;
  readonly #pieces: TapePiece[] = [];

  constructor(stream: Payments) {
    this.#stream = stream;
  }

  /** Attempts `index` x PIECE and on. */
  piece(index: number): TapePiece {
    for (;;) {
      const found = this.#pieces[index];
      if (found !== undefined) return found;
      this.#pieces.push(record(this.#stream));
    }
  }
}

const tapes = new WeakMap<Market, DemandTape>();

/** The same for every engine of one market. */
export function tapeOf(market: Market): DemandTape {
  const found = tapes.get(market);
  if (found !== undefined) return found;
  const made = new DemandTape(new DemandStream(market, startDemand(market.seed, market.start)));
  tapes.set(market, made);
  return made;
}

function record(stream: Payments): TapePiece {
  const piece: TapePiece = {
    at: new Float64Array(PIECE),
    amountMsat: new Float64Array(PIECE),
    reservationPpm: new Float64Array(PIECE),
    from: new Int32Array(PIECE),
    to: new Int32Array(PIECE),
    luck: new Uint32Array(PIECE),
    flags: new Uint8Array(PIECE),
  };
  for (let i = 0; i < PIECE; i++) write(piece, i, stream.next());
  return piece;
}

function write(piece: TapePiece, i: number, attempt: Attempt): void {
  piece.at[i] = attempt.at;
  piece.amountMsat[i] = attempt.amountMsat;
  piece.reservationPpm[i] = attempt.reservationPpm;
  piece.from[i] = attempt.from;
  piece.to[i] = attempt.to;
  piece.luck[i] = attempt.luck;
  piece.flags[i] = (attempt.compares === true ? COMPARES : 0) | (attempt.settles === false ? 0 : SETTLES);
}
