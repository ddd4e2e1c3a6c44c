"""What every pair with ServiceTitan as its source shares, as data."""
