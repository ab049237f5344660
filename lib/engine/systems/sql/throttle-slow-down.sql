SELECT throttle_slow_down($1::jsonb, to_timestamp($2::float8 / 1000), $3::int * interval '1 millisecond') AS windows
