UPDATE sandbox_target t SET calls = i.calls, recent_ms = i.recent_ms::bigint[]
FROM unnest($1::uuid[], $2::int[], $3::text[]) AS i (id, calls, recent_ms) WHERE t.id = i.id
