-- Lets go of the lease, or ($3 above 0) keeps everybody from asking again for so long.
UPDATE connection SET refresh_lease_until = CASE WHEN $3::int > 0 THEN clock_timestamp() + $3::int * interval '1 millisecond' END
WHERE id = $1 AND refresh_fence = $2
