-- What a remote answered to a worker that had lost the run meanwhile: a note for people at the attempt that was given up for lost.
-- Nothing else of it counts. What a workflow does not want kept goes ten minutes after its run's end (put-forget.sql), so later
-- nothing may be added.
UPDATE attempt a SET http_status = t.http_status, request = coalesce(a.request, t.request), response = t.response
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::text[], $7::text[])
  AS t (run_id, step_id, no, fence, http_status, request, response)
JOIN run r ON r.id = t.run_id AND (r.finished_at IS NULL OR r.finished_at > clock_timestamp() - interval '9 minutes')
WHERE a.run_id = t.run_id AND a.step_id = t.step_id AND a.no = t.no AND a.fence = t.fence AND a.state = 'lost' AND a.response IS NULL
