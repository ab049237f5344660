import type { NodeCategory, NodeDefinition } from "#lib/nodes/define.ts";
import { definitions, getDefinition } from "#lib/nodes/registry.definitions.ts";

export const categoryTitles: Record<NodeCategory, string> = { trigger: "Triggers", action: "Actions", data: "Data", logic: "Logic" };
const categoryOrder: NodeCategory[] = ["trigger", "action", "data", "logic"];

/** Every node type there is. */
export function allTypes(): NodeDefinition[] {
  return Object.keys(definitions).flatMap((type) => getDefinition(type) ?? []);
}

export interface TypeGroup {
  title: string;
  types: NodeDefinition[];
}

/**
 * The node types that answer a search by title, synonym, category or description, the best first. Without a search:
 * all, by category. `canFollow` leaves out triggers, which nothing can lead to.
 */
export function searchTypes(query: string, options: { canFollow?: boolean } = {}): TypeGroup[] {
  const types = allTypes().filter((definition) => options.canFollow !== true || definition.category !== "trigger");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    const groups = categoryOrder.map((category) => ({
      title: categoryTitles[category],
      types: types.filter((type) => type.category === category),
    }));
    return groups.filter((group) => group.types.length > 0);
  }
  const ranked = types
    .map((definition) => ({ definition, rank: rankOf(definition, words) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank);
  return ranked.length === 0 ? [] : [{ title: "Results", types: ranked.map(({ definition }) => definition) }];
}

// Each word must be found somewhere; where it is found decides the order.
function rankOf(definition: NodeDefinition, words: string[]): number {
  let rank = 0;
  for (const word of words) {
    const found = rankOfWord(definition, word);
    if (found === 0) return 0;
    rank += found;
  }
  return rank;
}

function rankOfWord(definition: NodeDefinition, word: string): number {
  const title = definition.title.toLowerCase();
  if (title.startsWith(word)) return 100;
  if (title.split(/\W+/).some((part) => part.startsWith(word))) return 80;
  if (definition.synonyms.some((synonym) => synonym.toLowerCase().startsWith(word))) return 60;
  if (title.includes(word) || definition.type.includes(word)) return 40;
  if (categoryTitles[definition.category].toLowerCase().startsWith(word)) return 30;
  return definition.description.toLowerCase().includes(word) ? 10 : 0;
}
