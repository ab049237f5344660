import type { TemplateView } from "#lib/shared/api-types.ts";

/** Every night: fetch, shape, write in full. PUT may be repeated safely, so no key is needed. */
export const nightlySync: TemplateView = {
  id: "nightly-sync",
  name: "Nightly sync",
  description: "Fetches a catalogue each night and writes it to another system; safe to repeat.",
  sampleInput: {},
  document: {
    schemaVersion: 1,
    nodes: [
      {
        id: "nightly",
        type: "schedule",
        name: "Every night",
        position: { x: 0, y: 120 },
        config: { cron: "0 2 * * *", timezone: "Europe/Paris", misfire: "latest", overlap: "skip" },
      },
      {
        id: "fetch",
        type: "http-request",
        name: "Fetch the catalogue",
        position: { x: 300, y: 120 },
        config: {
          method: "GET",
          url: "{{ vars.baseUrl }}/sandbox/catalogue-source/products",
          query: { changedSince: "{{ addDays(now, -1) }}" },
        },
      },
      {
        id: "shape",
        type: "set",
        name: "Shape",
        position: { x: 600, y: 120 },
        config: {
          values: {
            fetchedAt: "{{ now }}",
            source: "catalogue",
            data: "{{ steps.fetch.output }}",
            checksum: "{{ hash(json(steps.fetch.output)) }}",
          },
        },
      },
      {
        id: "write",
        type: "http-request",
        name: "Write to the warehouse",
        position: { x: 900, y: 120 },
        config: {
          method: "PUT",
          url: "{{ vars.baseUrl }}/sandbox/warehouse-target/catalogue/{{ isoDate(now) }}",
          body: "{{ steps.shape.output }}",
        },
        policy: { throttle: { windows: [{ limit: 5, perMs: 1_000 }] } },
      },
    ],
    edges: [
      { id: "e1", source: "nightly", sourcePort: "out", target: "fetch" },
      { id: "e2", source: "fetch", sourcePort: "out", target: "shape" },
      { id: "e3", source: "shape", sourcePort: "out", target: "write" },
    ],
  },
};
