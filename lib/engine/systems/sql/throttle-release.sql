SELECT woken AS holder FROM throttle_release($1::text[])
