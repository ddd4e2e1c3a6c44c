"""ServiceTitan (API v2), read only: sign-in, feeds and lists, the field catalogue."""
