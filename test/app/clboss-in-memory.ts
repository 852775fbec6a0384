// A clboss in memory: one set of tags per peer, replaced whole; absent, refusing or forgetful as a test says.
import type { NodeId } from '../../src/core/units.ts';
import { NodeError, type ClbossNode, type ClbossStatus, type ClbossTag } from '../../src/ports.ts';

export class ClbossInMemory implements ClbossNode {
  present = false;
  unmanaged = new Map<NodeId, readonly string[]>();
  /** What each of these calls fails with. */
  readonly failing = new Map<keyof ClbossNode, NodeError>();
  readonly calls: { readonly peer: NodeId; readonly tags: readonly string[] }[] = [];

  async readClboss(): Promise<ClbossStatus> {
    await Promise.resolve();
    this.#check('readClboss');
    return { version: '0.16.3', unmanaged: new Map(this.unmanaged) };
  }

  async replaceTags(peer: NodeId, tags: readonly string[]): Promise<void> {
    await Promise.resolve();
    this.#check('replaceTags');
    this.calls.push({ peer, tags });
    if (tags.length === 0) this.unmanaged.delete(peer);
    else this.unmanaged.set(peer, [...tags].sort());
  }

  /** Whether it would do that to the peer now: set its fees, or move its balance. */
  manages(peer: NodeId, tag: ClbossTag): boolean {
    return this.present && !(this.unmanaged.get(peer) ?? []).includes(tag);
  }

  /** Forgets one tag of every peer. */
  lose(tag: ClbossTag): void {
    for (const [peer, tags] of this.unmanaged)
      this.unmanaged.set(
        peer,
        tags.filter((each) => each !== tag),
      );
  }

  #check(call: keyof ClbossNode): void {
    const error = this.failing.get(call);
    if (error) throw error;
    if (!this.present) throw new NodeError('unknown-command', `${call}: Unknown command`, -32601);
  }
}
