"""The client's pages: a signed link instead of an account, one engagement behind each link.
Nothing else in the product creates a SignOff."""
