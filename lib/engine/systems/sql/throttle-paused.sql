SELECT bucket_id FROM throttle_bucket WHERE bucket_id = ANY ($1::uuid[]) AND period_ms = 0 AND blocked_until > clock_timestamp()
