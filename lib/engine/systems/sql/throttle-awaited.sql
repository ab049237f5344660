-- Whoever was to look again a minute ago and did not waits no more: its step has ended, or its worker is gone.
SELECT EXISTS (
  SELECT FROM throttle_wait WHERE bucket_id = $1 AND priority > $2::int AND wake_at > clock_timestamp() - interval '1 minute'
) AS awaited
