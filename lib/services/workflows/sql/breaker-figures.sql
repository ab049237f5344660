-- How often a breaker opened since a time, and until when it is open now.
SELECT (SELECT count(*) FROM breaker_opening WHERE breaker_id = $1 AND opened_at >= $2)::int AS opened,
  (SELECT open_until FROM breaker WHERE id = $1 AND state = 'open' AND open_until > clock_timestamp()) AS open_until
