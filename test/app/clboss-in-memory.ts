// A clboss in memory: one set of tags per peer, replaced whole; absent, refusing or forgetful as a test says.
import type { NodeId } from '../../src/core/units.ts';
import { NodeError, type ClbossNode, type ClbossStatus } from '../../src/ports.ts';

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

  #check(call: keyof ClbossNode): void {
    const error = this.failing.get(call);
    if (error) throw error;
    if (!this.present) throw new NodeError('unknown-command', `${call}: Unknown command`, -32601);
  }
}
