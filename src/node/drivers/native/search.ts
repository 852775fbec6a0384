// How is askrene asked for a path from the one peer to the other that does not pass through us?
//
// Our own node is disabled in a layer of the order's own: the path then leaves by the channel we put before it and comes
// back by the one we put behind it. getroutes is never asked from a node to itself: askrene dies of that. Without
// auto.localchans: it would bring our unannounced channels back, which disabling a node does not reach, and our own ends
// are checked by what listpeerchannels says of them now.
import { array, decode, object, str } from '../../../cln/decode.ts';
import { INVALID_PARAMS } from '../../../cln/errors.ts';
import { safeNumber, subMsat, type Msat, type NodeId } from '../../../core/units.ts';
import { NodeError } from '../../../ports.ts';
import type { Ask, AskOptions, Params } from '../../ask.ts';
import { decodePath, type Hop, type Path } from './path.ts';

/** Measured 6 to 8 s at 500k sats and 16 s at 2M on a mainnet graph. */
const GETROUTES_TIMEOUT_MS = 45_000;
/** lightningd's own (common/jsonrpc_errors.h). */
const ROUTE_NOT_FOUND = 205;
const ROUTE_TOO_EXPENSIVE = 206;
/** What xpay has learned of other people's channels; there where xpay runs. */
const XPAY_LAYER = 'xpay';
/** Before v25.09, which has `maxparts`. */
const SINGLE_PATH_LAYER = 'auto.no_mpp_support';

export interface Question {
  readonly source: NodeId;
  readonly destination: NodeId;
  readonly amountMsat: Msat;
  readonly maxFeeMsat: Msat;
  readonly finalCltv: number;
}

export type Answer =
  | { readonly kind: 'path'; readonly path: Path }
  /** What a path would cost that was found without a cap, if one was. */
  | { readonly kind: 'too-expensive'; readonly feeMsat: Msat | null }
  | { readonly kind: 'none'; readonly because: string };

const layers = object({ layers: array(object({ layer: str })) });
/** @throws DecodeError */
export const decodeLayers = (reply: unknown): string[] =>
  decode(layers, reply, 'askrene-listlayers').layers.map(({ layer }) => layer);
/** Layers can hold thousands of constraints; their names are all we need. */
export const LAYER_NAMES_FILTER = { layers: [{ layer: true }] } as const;

const done = (): undefined => undefined;
const isRefusedFor = (error: unknown, word: string): boolean =>
  error instanceof NodeError && error.code === INVALID_PARAMS && error.message.includes(word);

/** @throws NodeError from every method. */
export class PathSearch {
  readonly #ask: Ask;
  readonly #layer: string;
  readonly #own: NodeId;
  #learned: readonly string[] = [];
  #knowsMaxparts = true;
  #made = false;

  constructor(ask: Ask, layer: string, own: NodeId) {
    this.#ask = ask;
    this.#layer = layer;
    this.#own = own;
  }

  /** Makes the layer. */
  async open(): Promise<void> {
    const known = await this.#ask('askrene-listlayers', {}, decodeLayers, { filter: LAYER_NAMES_FILTER });
    this.#learned = known.filter((name) => name === XPAY_LAYER);
    // Noted first: one whose making was not confirmed may be there.
    this.#made = true;
    await this.#ask('askrene-create-layer', { layer: this.#layer }, done);
    await this.disableNode(this.#own);
  }

  /** Removes it. */
  async close(): Promise<void> {
    if (this.#made) await this.#ask('askrene-remove-layer', { layer: this.#layer }, done);
  }

  /** A path within the fee; if there is none, whether one would be without. */
  async find(question: Question, options: Pick<AskOptions, 'signal'> = {}): Promise<Answer> {
    const within = await this.#try(question, options);
    if (within.kind !== 'too-expensive') return within;
    const anyway = await this.#try({ ...question, maxFeeMsat: question.amountMsat }, options);
    if (anyway.kind !== 'path') return within;
    return { kind: 'too-expensive', feeMsat: subMsat(anyway.path[0].inMsat, question.amountMsat) };
  }

  /** From now on no path may ask this much of that channel. */
  constrain({ direction, outMsat }: Hop): Promise<void> {
    const amount_msat = safeNumber(outMsat, 'amount');
    const learned = { layer: this.#layer, short_channel_id_dir: direction, amount_msat, inform: 'constrained' };
    return this.#ask('askrene-inform-channel', learned, done);
  }

  disableChannel({ direction }: Hop): Promise<void> {
    const update = { layer: this.#layer, short_channel_id_dir: direction, enabled: false };
    return this.#ask('askrene-update-channel', update, done);
  }

  disableNode(node: NodeId): Promise<void> {
    return this.#ask('askrene-disable-node', { layer: this.#layer, node }, done);
  }

  async #try(question: Question, options: Pick<AskOptions, 'signal'>): Promise<Answer> {
    const { source, destination, amountMsat, maxFeeMsat, finalCltv } = question;
    // No maxdelay: a tight one starves paths over nodes that want many blocks.
    const params: Params = {
      source,
      destination,
      amount_msat: safeNumber(amountMsat, 'amount'),
      layers: [...this.#learned, this.#layer, ...(this.#knowsMaxparts ? [] : [SINGLE_PATH_LAYER])],
      maxfee_msat: safeNumber(maxFeeMsat, 'fee'),
      final_cltv: finalCltv,
      ...(this.#knowsMaxparts ? { maxparts: 1 } : {}),
    };
    const wanted = { destination, amountMsat, own: this.#own };
    try {
      const path = await this.#ask('getroutes', params, decodePath(wanted), {
        ...options,
        timeoutMs: GETROUTES_TIMEOUT_MS,
        connection: 'own',
      });
      return { kind: 'path', path };
    } catch (error) {
      if (this.#knowsMaxparts && isRefusedFor(error, 'maxparts')) this.#knowsMaxparts = false;
      else if (this.#learned.length > 0 && isRefusedFor(error, XPAY_LAYER)) this.#learned = [];
      else return answerOf(error);
      return this.#try(question, options);
    }
  }
}

function answerOf(error: unknown): Answer {
  if (error instanceof NodeError && error.code === ROUTE_TOO_EXPENSIVE) return { kind: 'too-expensive', feeMsat: null };
  if (error instanceof NodeError && error.code === ROUTE_NOT_FOUND) return { kind: 'none', because: error.message };
  throw error;
}
