-- Whether workers of another release are running, as during a deploy.
SELECT EXISTS (SELECT FROM worker WHERE stopped_at IS NULL AND last_seen_at > clock_timestamp() - interval '30 seconds' AND version <> $1) AS running
