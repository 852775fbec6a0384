// In which market does each rival show what it was made for? One for each: who does not win there is badly ported.
import { SUITS as SCENARIOS, type Scenario, type Suit as Entry } from '../scenario.ts';

export interface Suit extends Entry {
  readonly scenario: Scenario;
}

export const SUITS: readonly Suit[] = SCENARIOS.map((scenario) => ({ ...scenario.suit, scenario }));
